"""Lists of entries followed: which are new, what is still to fetch behind them, how a list usually behaves."""
