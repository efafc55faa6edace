"""How English denies, warns, quotes, reports and asks; read in the plain view, folded."""

import re

from visavis.supervision.rules.speech import Speech, whole

ENGLISH = Speech(
    clause=re.compile(r",|\.|;|!|\?|\n|:|\||\(|\)|" + whole("but|then|so")),
    idle=re.compile(
        r"don't worry|do not worry|no worries|no doubt\w*|not only|not just|don't miss|"
        r"do not miss|can't miss|no problem|without (?:any |a )?doubt|"
        r"why not|not kidding|no kidding|no joke|not joking|not gonna lie|"
        r"no questions?(?: asked)?|not to mention|no strings(?: attached)?|can't go wrong|"
        r"no brainer|no matter|no need to (?:worry|think|ask|read)|never mind|can't wait|"
        r"cannot wait|don't hesitate|do not hesitate|don't think twice|"
        r"don't (?:tell|mention)|do not (?:tell|mention)|nobody (?:will|needs? to|has to|else)|"
        r"no one (?:will|needs? to|has to|else)|not (?:through|via|on) the (?:firm|company|app|"
        r"platform|system)|"
        r"don't have (?:the |any )?(?:time|a licen[cs]e)|have never (?:been wrong|failed|lost)|"
        r"never (?:been wrong|failed|fails?|lost|loses?)|not yet|not supposed to|"
        r"shouldn't be telling|should not be telling|"
        r"no (?:later|longer|less|fewer|sooner)|nothing but|not a secret|if (?:you )?not|or not|"
        r"don't you"
    ),
    double=re.compile(
        r"(?:not|never|cannot|can't|won't|nobody|no one|no client|"
        r"none)\b[^,.;]{0,25}\b(?:without|not|never|unlikely|fail to|fails to|failed to)\b|"
        r"not un\w+"
    ),
    negation=re.compile(
        r"\b(?:not|no|never|none|nor|neither|cannot|without|unable|refuse[sd]?|refusing|nobody|"
        r"avoid|decline[sd]?|rather than|instead of|prohibit\w*|forbid\w*|forbidden|banned|ban|"
        r"barred|stop|impossible|nothing|hardly|ain't|illegal|unlawful|against|no one|prevents?|"
        r"disclaims?|far from)\b|n't\b|\b(?:dont|cant|wont|doesnt|isnt|arent|didnt|shouldnt|"
        r"mustnt)\b"
    ),
    undone=re.compile(
        r"^(?: (?:of|on|to|in|for|with|from)(?: \w+){1,4})?,? ?(?:(?:that|this|it|which)(?: is|"
        r"'s| would be)? |is |are |was |were |would be |will be |can |may |must |should |"
        r"i'm afraid )?(?:simply |strictly |also |always |definitely |actually )?"
        r"(?:not\b(?! (?:the|my|our|here|this|on|via|in|through|at|your)\b)|"
        r"never\b|isn't|aren't|cannot|can't|won't|prohibited|forbidden|illegal|"
        r"against (?:the|our|company|firm)|a (?:scam|fraud|breach|violation|crime|red flag|myth|"
        r"lie|warning sign)|impossible|out of the question|no such|does not|doesn't|do not|don't|"
        r"off limits|unlawful|banned|misconduct|grounds for)"
    ),
    turn=re.compile(
        whole("but|however|though|yet|except|anyway|that said|with me|for you i")
        + r"|s(?<=\bs)till,|between you and me"
    ),
    warns=re.compile(
        r"\b(?:beware|be wary|wary of|watch out|be careful|careful of|be suspicious|avoid|"
        r"prohibit\w*|forbid\w*|forbidden|illegal|"
        r"unlawful|(?:not|n't) (?:allowed|permitted|able|authori[sz]ed)|may not|must not|mustn't|"
        r"must never|should never|shouldn't|"
        r"should not|report|violat\w*|breach\w*|warns? (?:you |clients |investors )?(?:about|"
        r"against|of)|refuse|ignore|fall for|"
        r"steer clear|protect yourself|neither|signs? of|prevent\w*|detect\w*|combat\w*|"
        r"misleading|suspected|alleged\w*|"
        r"accused of|convicted|charged with|guilty|"
        r"(?:never|not|don't|cannot|can't|won't|nobody|no one|nor)(?: \w+)? (?:shares?|gives?|"
        r"sends?|trust|pays?|believe|transfers?|promises?|"
        r"guarantees?|offers?|ask|asks|accepts?|moves?|disclose|reveal|provides?|respond|click|"
        r"join|communicate|recommend|place|"
        r"trade|discuss|manage|predict|forecast|split|enter|hand|wire|deposit|let|assume|expect|"
        r"imply|mean|constitute))\b"
    ),
    condemns=re.compile(
        r"\b(?:prohibit\w*|illegal|unlawful|forbidden|not allowed|isn't allowed|aren't allowed|"
        r"not permitted|banned|scam\w*|fraud\w*|con artist|crime|criminal|violat\w*|breach\w*|"
        r"against (?:the|our|company|firm|regulat)\w*|red flags?|warning signs?|fined|penalt\w*|"
        r"sanction\w*|"
        r"suspended|dismiss\w*|report (?:it|them|this|that|him|her)|never trust|don't trust|"
        r"do not trust|don't believe|do not believe|is a lie|are lies|lying|myth|misleading|"
        r"too good to be true|does not exist|doesn't exist|no such thing|not something (?:i|we)|"
        r"hang up|walk away|contact compliance|tell us|let us know|call the police|misconduct|"
        r"not acceptable|unacceptable|never (?:trust|believe|do|respond|reply|send|give|pay|buy|fall))\b"
    ),
    teaches=re.compile(
        r"\b(?:scam\w*|fraudster\w*|fraud (?:alert|awareness|prevention|case)|regulation|"
        r"regulations|ponzi|pyramid scheme|is when|is called|"
        r"regulators? (?:prohibit|require|ban|consider|fined|treat)\w*|article \d+|"
        r"section \d+|rule \d+|the rules?|the law|securities law|act prohibits|code of conduct|"
        r"policy (?:prohibits|forbids|requires|says)|was fined|were fined|fined|penalt\w+|"
        r"sanctioned|convicted|sentenced|case study|compliance training|investor education|"
        r"means (?:material|facts|any|trading|buying|keeping|borrowing|selling)|"
        r"investor alert|means that|refers to|is defined as|definition of|the term|the phrase|"
        r"the words?|so called|what (?:is|are|does)|explained|glossary|chapter|lesson|webinar on|"
        r"prohibited|prosecut\w*|jail\w*|prison|indict\w*)\b"
    ),
    others=re.compile(
        r"\b(?:asked (?:whether|if|about)|wondering (?:whether|if)|if (?:someone|somebody|anyone|"
        r"anybody|a (?:person|caller|stranger|staff|broker|"
        r"colleague|adviser|advisor|website|message)|an (?:advis[oe]r|employee|agent)|they|he|"
        r"she|any (?:employee|staff|advis[oe]r))|anyone (?:who|that|asking|claiming|promising|"
        r"offering|telling|can|says)|anybody (?:who|that|asking|claiming)|"
        r"someone (?:who|that|claiming|asking|promising|pretending|says|offers|tells|asks)|"
        r"people who|callers? who|strangers?|those who|whoever|any (?:advis[oe]r|broker|employee|"
        r"person|firm|product|offer|message|platform) (?:who|that|which|asking|promising|"
        r"offering|claiming)|advis[oe]rs who|brokers who|staff who|employees who|nobody|no one|"
        r"impersonat\w+|pretend\w* to be|claim\w* to (?:be|have|offer)|so called|they (?:say|"
        r"claim|promise|ask|tell)|scammers?|criminals|fraudsters?|has anyone|have they|did (?:he|"
        r"she|they|anyone|your)|does anyone|were you (?:asked|told|promised)|have you been|"
        r"did anybody|ads? that|offers? that|messages? that|posts? that|claims? (?:of|that|like|"
        r"such)|promises? (?:of|that|like|such)|phrases? like|words like|statements? like|"
        r"such as)\b"
    ),
    mine=re.compile(r"\b(?:i|i'll|i'd|i'm|i've|my|me|this one|this stock)\b"),
    said=re.compile(
        r"\b(?:words?|phrases?|terms?|claims?|statements?|called|like|such|says|said|saying|says|"
        r"anyone|promises?|ads?|slogans?|never|not|don't|avoid|beware|means?|mean|labell?ed|"
        r"describ\w+|marketed|pitch\w*|scam\w*|fraud\w*|prohibit\w*|banned|no|myth|wary)\b"
    ),
    asks_before=re.compile(
        r"^\W*(?:is|are|does|do|did|has|have|was|were|will|would|what|why|which|how come)\b"
    ),
    asks_after=re.compile(r"^[^.!?\n]{0,60}\?"),
    hedge=re.compile(
        r"\b(?:may|might|could|perhaps|possibly|probably|likely|if|unless|expects?|expected|"
        r"estimates?|forecasts?|"
        r"potential(?:ly)?|historically|would|assum\w+|scenario|in theory|depends?)\b"
    ),
    informs=re.compile(
        r"\b(?:explain|understand|learn|review|show you how|walk you through|look up|check)\b"
    ),
    reach=60,
)  # fmt: skip
