"""Words that name nobody and nowhere: "several villages", "the city", "gunmen".

All words are in the spelling of `processors.normalise.fold`, Arabic ones
without the article. A phrase made of such words only is no name.
"""

from __future__ import annotations

import re

from processors.normalise import fold

_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile(r"^(?:وال|بال|فال|كال|ال|لل)(?=\w{2})")

_PLACE_WORDS = """
a an the of in and or its their this that these those other others another nearby neighbouring neighboring
port harbour harbor dam refinery station depot prison hospital headquarters compound airstrip junction valley river
island islands coast plain desert mountain mountains ring ميناء سد مصفاه محطه سجن مستشفي مستودع وادي نهر
جزيره ساحل سهل باديه جبل جبال دوار تقاطع
surrounding adjacent around about least than more both each every rural urban remote former
several many some few most all large small whole entire new key strategic main important vast wide
two three four five six seven eight nine ten eleven twelve dozen dozens number hundreds scores half
north northern south southern east eastern west western central centre center border inner outer
area areas region regions province provinces governorate governorates district districts county country state states
city cities town towns village villages hamlet settlement settlements neighbourhood neighbourhoods neighborhood
neighborhoods
suburb suburbs outskirts countryside territory territories land lands ground swath swathe swathes swaths
part parts position positions point points site sites checkpoint checkpoints barrier post posts base bases barracks
camp camps airport airbase airfield field fields hill hills height heights road roads highway crossing crossings
bridge bridges front fronts line lines stronghold strongholds building buildings place places it them there capital
عده عدد بعض كل جميع معظم غالبيه اغلب نصف كامل كبير كبيره صغير صغيره واسع واسعه شاسعه جديد جديده اخري اخر
استراتيجي استراتيجيه مهم مهمه رييسي رييسيه مجاور مجاوره محيط محيطه حدودي حدوديه شمالي شماليه جنوبي جنوبيه
شرقي شرقيه غربي غربيه شمال جنوب شرق غرب وسط هذه هذا تلك ذلك في من علي
اثنان اثنتان اثنتين ثلاث ثلاثه اربع اربعه خمس خمسه ست سته سبع سبعه ثمان ثماني ثمانيه تسع تسعه عشر عشره عشرات ميات
قريه قريتان قريتين قري بلده بلدتان بلدتين بلدات مدينه مدينتان مدينتين مدن منطقه منطقتان منطقتين مناطق محافظه محافظات
ولايه ولايات اقليم قضاء ناحيه مديريه حي احياء ضاحيه ضواحي ريف ارياف اطراف مشارف بلاد بلد دوله عاصمه اراض اراضي
مساحه مساحات جزء اجزاء موقع موقعان موقعين مواقع نقطه نقاط حاجز حاجزين حواجز مقر مقار مقرات قاعده قواعد ثكنه ثكنات
معسكر معسكرات مطار حقل حقول تل تله تلال مرتفع مرتفعات طريق طرق معبر معبرها معابر جسر جسور جبهه جبهات محور محاور خط
خطوط معقل معاقل مبني مباني مكان اماكن هنا هناك اخيره
"""

_ACTOR_WORDS = """
a an the of and its their his some other armed unidentified unknown local masked
rebel rebels militant militants gunman gunmen fighter fighters insurgent insurgents troops troop soldier soldiers
force forces group groups faction factions organisation organization movement militia militias
side enemy army they it
opposition attackers assailants men members member elements regime government coalition allied residents people tribes
مسلح مسلحون مسلحين مسلحو مسلحي مسلحه مقاتل مقاتلون مقاتلين مقاتلو مقاتلي عنصر عناصر قوه قوات قواته قواتها جيش جنود
مجموعه مجموعات فصيل فصايل تنظيم جماعه جماعات حركه ميليشيا ميليشيات مليشيا مليشيات جبهه معارضه معارضون معارضين ثوار
متمردون متمردين متمرد عدو طرف اطراف مجهول مجهولون مجهولين مهاجم مهاجمون محليه محلي هذا هذه بعض
نظام حكومه تحالف اهالي سكان عشاير ارتال رتل ابناء
"""
# "The Syrian opposition" is no better known than "the opposition"; a state's own forces have their id.
_NATION_WORDS = """
syrian syrians iraqi iraqis yemeni yemenis libyan libyans sudanese malian malians somali somalis afghan afghans
congolese ethiopian lebanese palestinian
سوري سوريه سوريون سوريين عراقي عراقيه عراقيون عراقيين يمني يمنيه يمنيون يمنيين ليبي ليبيه ليبيون ليبيين سوداني سودانيه
سودانيون سودانيين مالي ماليه صومالي صوماليه افغاني افغانيه كونغولي كونغوليه لبناني لبنانيه فلسطيني فلسطينيه
"""
_PRONOUN_WORDS = """
he she it they we you i him her them us his its hers their theirs our who which that this these those
هو هي هم هن نحن انا الذي التي الذين هذا هذه ذلك تلك اخيره
"""
# "We", "our forces": Arabic and Turkish write the possessor onto the noun, Persian behind it.
_WE = re.compile(
    r"(?:we|nous|nosotros|мы|ми|biz|em|نحن)$"
    r"|(?:our|nos|notre|nuestr[oa]s?|наш\w{0,3})\s"
    r"|[وف]?[بل]?(?:قوات|مقاتلو|مقاتلي|مجاهدو|مجاهدي|مسلحو|مسلحي|مرابطو|مرابطي|جنود|جيش|ابطال|عناصر|وحدات|ثوار|اخوان|اخوت"
    r"|رجال|اسود|كتايب|الويت|فصايل|سرايا|فرسان|قطعات|تشكيلات)نا(?!\w)"
    r"|(?:\w+\s){0,2}\w{2,}(?:l[ae]rimiz|umuz)\w{0,4}$"
    r"|\w+(?:\s\w+){0,2}\sما$|\w{2,}هايمان$"
)
_PRONOUNS = frozenset(_PRONOUN_WORDS.split())
_PLACES = frozenset(_PLACE_WORDS.split())
_ACTORS = frozenset((_ACTOR_WORDS + _NATION_WORDS).split()) | _PRONOUNS


def words(text: str) -> list[str]:
    """Return the folded words of `text`, Arabic ones without their article, numbers left out."""
    return [_ARTICLE.sub("", word) for word in _WORD.findall(fold(text).text)]


def names_a_place(text: str) -> bool:
    """Say whether `text` holds a word that is more than a kind, a number or a direction of places.

    In a script that has capitals a name is written with one: "their political context" names nothing.
    """
    written = (word for word in _WORD.findall(text) if not word[0].islower())
    return any(word not in _PLACES and len(word) > 1 for part in written for word in words(part))


def says_we(text: str) -> bool:
    """Say whether `text` calls those who speak: "we", "our forces", قواتنا."""
    return _WE.match(fold(text).text) is not None


def names_an_actor(text: str) -> bool:
    """Say whether `text` holds a word that is more than a kind of armed people, and does not just say "ours"."""
    return not says_we(text) and any(word not in _ACTORS and len(word) > 1 for word in words(text))


def says_who(text: str) -> bool:
    """Say whether `text` is more than a pronoun: "gunmen" tells a reader something, "he" nothing."""
    return any(word not in _PRONOUNS for word in words(text))


def proper_words(text: str) -> list[str]:
    """Return the words of a place's name without "village", "city of" and the like; all words where none is left."""
    found = words(text)
    return [word for word in found if word not in _PLACES] or found
