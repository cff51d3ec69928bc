"""Everything that speaks to Kafka: the topics, the journal, and the hosts that run the steps on it."""
