"""Caller sentences for the starter recogniser: a hand-written grammar of telephone English.

    python sentences.py 20000      writes heldout.json (700) and train.json (20,000)

Each entry is a pair: the words that are said, and how a synthesiser has to be given them (commas between groups of
digits, letters by the sound of their names). The same numbers give the same sentences on every machine.
"""

import json
import random
import re
import sys

from vocabulary import *

HELD_OUT = 700
HELD_OUT_SEED = 9001
TRAIN_SEED = 1
LONGEST = 22
MOST_REPEATS = 4

choose = random.choice


def alike(text):
    return text, text


def number_name(n):
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + ("" if n % 10 == 0 else " " + ONES[n % 10])
    if n < 1000:
        rest = "" if n % 100 == 0 else choose([" ", " and "]) + number_name(n % 100)
        return ONES[n // 100] + " hundred" + rest
    if n < 1_000_000:
        rest = "" if n % 1000 == 0 else (" and " if n % 1000 < 100 else " ") + number_name(n % 1000)
        return number_name(n // 1000) + " thousand" + rest
    rest = "" if n % 1_000_000 == 0 else " " + number_name(n % 1_000_000)
    return number_name(n // 1_000_000) + " million" + rest


def ordinal_name(n):
    return ORDINALS[n] if n in ORDINALS else TENS[n // 10] + " " + ORDINALS[n % 10]


def spelled(word):
    return " ".join(word), ", ".join(LETTER_SOUNDS[letter] for letter in word)


class SentenceGrammar:
    """Makes one sentence after the other; `KINDS` holds each kind with the upper end of its share."""

    def __init__(self, seed):
        random.seed(seed)

    def digit(self, d, oh=True):
        d = int(d)
        return choose(["zero", "oh"]) if d == 0 and oh else ONES[d]

    def digits(self, n):
        out = []
        k = 0
        ds = [random.randint(0, 9) for _ in range(n)]
        while k < n:
            if k + 1 < n and ds[k] == ds[k + 1] and (random.random() < 0.3):
                out.append("double " + ONES[ds[k]] if ds[k] else "double " + choose(["zero", "oh"]))
                k += 2
            else:
                out.append(self.digit(ds[k]))
                k += 1
        t = " ".join(out)
        g = []
        i = 0
        while i < len(out):
            st = choose([2, 3, 3, 4])
            g.append(" ".join(out[i : i + st]))
            i += st
        return (t, ", ".join(g))

    def phone(self):
        return self.digits(choose([7, 10, 10, 11]))

    def name(self):
        return choose(
            [
                choose(FIRST_NAMES) + " " + choose(LAST_NAMES),
                choose(FIRST_NAMES),
                choose(FIRST_NAMES) + " " + choose(LAST_NAMES),
                "mister " + choose(LAST_NAMES),
                "missus " + choose(LAST_NAMES),
                "doctor " + choose(LAST_NAMES),
                choose(FIRST_NAMES) + " " + choose(LAST_NAMES),
            ]
        )

    def time(self):
        h = random.randint(1, 12)
        hs = ONES[h]
        m = choose([0, 0, 0, 15, 30, 45, 30, 10, 20, 40, 50, 5, 25, 35, 55, random.randint(1, 59)])
        ap = choose(["", " a m", " p m", " in the morning", " in the afternoon", " in the evening", ""])
        if m == 0:
            return (
                choose([hs + " o'clock", hs + ap, "at " + hs, "noon", "midnight", hs + " sharp"])
                if random.random() < 0.9
                else "around " + hs
            )
        if m == 30 and random.random() < 0.5:
            return "half past " + hs
        if m == 15 and random.random() < 0.5:
            return "quarter past " + hs
        if m == 45 and random.random() < 0.5:
            return "quarter to " + hs
        return hs + " " + ("oh " + ONES[m] if m < 10 else number_name(m)) + ap

    def date(self):
        d = random.randint(1, 31)
        m = choose(MONTHS)
        y = choose(
            [
                "",
                "",
                "",
                " twenty twenty six",
                " twenty twenty seven",
                " two thousand and " + number_name(random.randint(1, 24)),
                " nineteen " + number_name(random.randint(40, 99)),
            ]
        )
        return choose(
            [
                m + " " + ordinal_name(d) + y,
                m + " the " + ordinal_name(d) + y,
                "the " + ordinal_name(d) + " of " + m + y,
                "next " + choose(WEEKDAYS),
                choose(WEEKDAYS),
                choose(WEEKDAYS) + " the " + ordinal_name(d),
                "this " + choose(WEEKDAYS),
                "tomorrow",
                "the day after tomorrow",
                choose(WEEKDAYS) + " " + choose(["morning", "afternoon", "evening"]),
                "in " + number_name(random.randint(2, 12)) + " " + choose(["days", "weeks", "months"]),
                "on " + choose(WEEKDAYS),
                "the " + ordinal_name(d),
                "next week",
                "next month",
                "the end of " + m,
                "early " + m,
            ]
        )

    def money(self):
        n = choose(
            [
                random.randint(1, 99),
                random.randint(1, 999),
                random.randint(1, 99) * 10,
                random.randint(1, 9999),
                random.randint(1, 99) * 1000,
            ]
        )
        c = choose([0, 0, random.randint(1, 99), 99, 50, 95])
        u = choose(["dollars", "dollars", "pounds", "euros"])
        cc = {"dollars": "cents", "pounds": "pence", "euros": "cents"}[u]
        return (
            number_name(n)
            + " "
            + u
            + ("" if not c else choose([" and " + number_name(c) + " " + cc, " " + number_name(c)]))
        )

    def address(self):
        n = random.randint(1, 9999)
        ns = choose(
            [
                number_name(n)
                if n < 1000
                else number_name(n // 100)
                + " "
                + (
                    "hundred"
                    if n % 100 == 0
                    else "oh " + ONES[n % 100]
                    if n % 100 < 10
                    else number_name(n % 100)
                ),
                number_name(random.randint(1, 199)),
            ]
        )
        a = ns + " " + choose(STREETS) + " " + choose(STREET_KINDS)
        if random.random() < 0.3:
            a += " apartment " + choose([number_name(random.randint(1, 40)), choose(list("abcdef"))])
        if random.random() < 0.4:
            a += " " + choose(CITIES)
        if random.random() < 0.2:
            a += " " + choose(STATES)
        return a

    def noun_phrase(self):
        return (
            choose(DETERMINERS)
            + " "
            + (choose(ADJECTIVES) + " " if random.random() < 0.5 else "")
            + choose(NOUNS)
        )

    def generic(self):
        f = [
            lambda: (
                choose(PRONOUNS)
                + " "
                + choose(
                    [
                        "can",
                        "will",
                        "should",
                        "must",
                        "would",
                        "could",
                        "might",
                        "don't",
                        "didn't",
                        "won't",
                        "can't",
                    ]
                )
                + " "
                + choose(VERBS)
                + " "
                + self.noun_phrase()
                + " "
                + choose(PREPOSITIONS)
                + " "
                + self.noun_phrase()
            ),
            lambda: (
                self.noun_phrase()
                + " "
                + choose(["is", "was", "will be", "isn't", "wasn't", "seems", "looks", "has been"])
                + " "
                + choose(["", "very ", "really ", "too ", "so ", "quite "])
                + choose(ADJECTIVES)
            ),
            lambda: (
                choose(["what", "where", "when", "why", "how", "who"])
                + " "
                + choose(["did", "do", "can", "should", "would"])
                + " "
                + choose(["i", "you", "we", "they"])
                + " "
                + choose(VERBS)
                + " "
                + self.noun_phrase()
            ),
            lambda: (
                choose(["please", "just", "let's", "don't"])
                + " "
                + choose(VERBS)
                + " "
                + self.noun_phrase()
                + " "
                + choose(ADVERBS)
            ),
            lambda: (
                "there "
                + choose(["is", "was", "are", "were"])
                + " "
                + choose(["a", "some", "no", "many", "two", "three", "another"])
                + " "
                + choose(ADJECTIVES)
                + " "
                + choose(NOUNS)
                + " "
                + choose(PREPOSITIONS)
                + " "
                + self.noun_phrase()
            ),
            lambda: (
                choose(["if", "when", "because", "although", "unless"])
                + " "
                + choose(PRONOUNS)
                + " "
                + choose(VERBS)
                + " "
                + self.noun_phrase()
                + " "
                + choose(PRONOUNS)
                + " "
                + choose(["can", "will", "should"])
                + " "
                + choose(VERBS)
                + " "
                + choose(ADVERBS)
            ),
            lambda: (
                choose(ADJECTIVES)
                + " "
                + choose(NOUNS)
                + " "
                + choose(PREPOSITIONS)
                + " "
                + choose(ADJECTIVES)
                + " "
                + choose(NOUNS)
            ),
            lambda: " ".join(
                (
                    choose([choose(NOUNS), choose(ADJECTIVES), choose(VERBS), choose(ADVERBS)])
                    for _ in range(random.randint(2, 6))
                )
            ),
        ]
        return choose(f)()

    def email(self):
        dom = choose(["gmail", "yahoo", "hotmail", "outlook", "icloud", "company", "mail", "work", "example"])
        u = choose(
            [
                choose(FIRST_NAMES) + " dot " + choose(LAST_NAMES),
                choose(FIRST_NAMES) + " " + number_name(random.randint(1, 99)),
                choose(LAST_NAMES) + " underscore " + choose(FIRST_NAMES),
                choose(FIRST_NAMES) + " dash " + choose(LAST_NAMES),
                choose(["info", "sales", "support", "office", "hello"]),
            ]
        )
        return u + " at " + dom + " dot " + choose(["com", "com", "com", "net", "org", "co dot u k", "io"])

    def spelled_word(self):
        """A name or random letters, letter by letter."""
        w = choose(
            [
                choose(LAST_NAMES),
                choose(FIRST_NAMES),
                choose(LAST_NAMES),
                "".join((choose("abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(2, 6)))),
            ]
        ).replace("'", "")
        a, b = spelled(w)
        pre = choose(
            [
                "",
                "that's ",
                "it's spelled ",
                "my name is spelled ",
                "last name ",
                "it is ",
                "yes that's ",
                "spelled ",
                w + " " if w in LAST_NAMES or w in FIRST_NAMES else "",
            ]
        )
        return (pre + a, pre + b)

    def spelling_alphabet(self):
        """Letters by the spelling alphabet, with or without the letters themselves."""
        w = [random.randrange(26) for _ in range(random.randint(1, 4))]
        return (
            (
                " ".join((f"{chr(97 + i)} as in {SPELLING_ALPHABET[i]}" for i in w)),
                ", ".join((f"{LETTER_SOUNDS[chr(97 + i)]} as in {SPELLING_ALPHABET[i]}" for i in w)),
            )
            if random.random() < 0.5
            else alike(" ".join((SPELLING_ALPHABET[i] for i in w)))
        )

    def mixed_code(self):
        """A code of letters and digits."""
        n = random.randint(4, 8)
        a = []
        b = []
        for _ in range(n):
            if random.random() < 0.4:
                c = choose("abcdefghijklmnopqrstuvwxyz")
                a.append(c)
                b.append(LETTER_SOUNDS[c])
            else:
                d = self.digit(random.randint(0, 9))
                a.append(d)
                b.append(d)
        pre = choose(["", "the code is ", "my reference is ", "it's ", "booking reference ", "order "])
        return (pre + " ".join(a), pre + ", ".join(b))

    def digit_string(self):
        """A telephone number or another string of digits."""
        a, b = choose(
            [
                self.phone,
                self.phone,
                lambda: self.digits(random.randint(1, 6)),
                lambda: self.digits(random.randint(4, 9)),
            ]
        )()
        pre = choose(
            [
                "",
                "",
                "my number is ",
                "it's ",
                "my phone number is ",
                "you can reach me at ",
                "call me back on ",
                "the " + choose(NUMBERED_THINGS) + " is ",
                "my " + choose(NUMBERED_THINGS) + " is ",
                "yes it's ",
                "sure it's ",
                "that's ",
                "extension ",
            ]
        )
        return (pre + a, pre + b)

    def number(self):
        """A number, counted things."""
        n = choose(
            [
                random.randint(0, 20),
                random.randint(0, 99),
                random.randint(100, 999),
                random.randint(1000, 99999),
            ]
        )
        return alike(
            choose(
                [
                    "",
                    "",
                    "there are ",
                    "we have ",
                    "about ",
                    "around ",
                    "i need ",
                    "it costs ",
                    "number ",
                    "room ",
                ]
            )
            + number_name(n)
            + choose(
                [
                    "",
                    " people",
                    " of them",
                    " percent",
                    " items",
                    " please",
                    "",
                    " years old",
                    " minutes",
                    " miles",
                ]
            )
        )

    def date_or_time(self):
        """A date, a time or both."""
        return alike(
            choose(
                [
                    "",
                    "how about ",
                    "can we do ",
                    "i'm free ",
                    "what about ",
                    "let's say ",
                    "it has to be ",
                    "not before ",
                    "any time after ",
                    "is there anything on ",
                    "make it ",
                    "do you have ",
                ]
            )
            + choose(
                [
                    self.date(),
                    self.time(),
                    self.date() + " at " + self.time(),
                    self.time() + " on " + self.date(),
                    "between " + self.time() + " and " + self.time(),
                ]
            )
            + choose(["", " please", " if possible", " works for me", "", " is fine", " would be better"])
        )

    def introduction(self):
        """Names: who is calling, for whom."""
        return alike(
            choose(
                [
                    "my name is " + self.name(),
                    "this is " + self.name() + choose(["", " calling", " from " + choose(COMPANIES)]),
                    "i'm " + self.name(),
                    "it's " + self.name(),
                    "the name is " + self.name(),
                    self.name(),
                    "is " + self.name() + " available",
                    "can i speak to " + self.name(),
                    "i'm calling on behalf of " + self.name(),
                    "you can call me " + choose(FIRST_NAMES),
                    "am i speaking with " + self.name(),
                    "first name " + choose(FIRST_NAMES) + " last name " + choose(LAST_NAMES),
                    "please tell " + self.name() + " i called",
                    "i have an appointment with " + self.name(),
                ]
            )
        )

    def booking(self):
        """Appointments."""
        return alike(
            choose(
                [
                    choose(REQUEST_OPENINGS)
                    + " book a "
                    + choose(SERVICES)
                    + " "
                    + choose(
                        [
                            "",
                            "for " + self.date(),
                            "on " + self.date() + " at " + self.time(),
                            "for " + number_name(random.randint(1, 12)) + " people",
                            "with " + self.name(),
                        ]
                    ),
                    choose(REQUEST_OPENINGS)
                    + " "
                    + choose(["cancel", "change", "move", "reschedule", "confirm", "check"])
                    + " my "
                    + choose(["appointment", "booking", "reservation", choose(SERVICES)])
                    + choose(
                        [
                            "",
                            " on " + self.date(),
                            " to " + self.date(),
                            " at " + self.time(),
                            " with " + self.name(),
                        ]
                    ),
                    "do you have any "
                    + choose(["openings", "availability", "free slots", "appointments"])
                    + " "
                    + self.date(),
                    "a " + choose(SERVICES) + choose(["", " please"]),
                    "how much is a " + choose(SERVICES),
                    "how long does a " + choose(SERVICES) + " take",
                    "table for " + number_name(random.randint(1, 12)) + " at " + self.time(),
                    "i'd like a " + choose(SERVICES) + " " + self.date(),
                    "what is the earliest " + choose(["appointment", "slot", "date"]) + " you have",
                ]
            )
        )

    def shopping(self):
        """Products, orders, deliveries."""
        return alike(
            choose(
                [
                    choose(REQUEST_OPENINGS)
                    + " "
                    + choose(["buy", "return", "exchange", "order", "replace", "track", "pay for"])
                    + " a "
                    + choose([choose(COLOURS) + " ", ""])
                    + choose(PRODUCTS),
                    "how much is the " + choose(PRODUCTS),
                    "the " + choose(PRODUCTS) + " costs " + self.money(),
                    "i want "
                    + number_name(random.randint(1, 30))
                    + " "
                    + choose(COLOURS)
                    + " "
                    + choose(PRODUCTS)
                    + choose(["", " please"]),
                    "my "
                    + choose(PRODUCTS)
                    + " "
                    + choose(
                        [
                            "is broken",
                            "does not work",
                            "arrived damaged",
                            "has not arrived",
                            "is too small",
                            "is too big",
                            "stopped working",
                            "makes a strange noise",
                        ]
                    ),
                    "do you sell " + choose(PRODUCTS),
                    "is the " + choose([choose(COLOURS) + " ", ""]) + choose(PRODUCTS) + " in stock",
                    "where is my " + choose(PRODUCTS),
                    "i ordered a " + choose(PRODUCTS) + " on " + self.date(),
                    "can you deliver the " + choose(PRODUCTS) + " to " + self.address(),
                    "does the " + choose(PRODUCTS) + " come with a warranty",
                ]
            )
        )

    def billing(self):
        """Bills and payments."""
        return alike(
            choose(
                [
                    "my bill is " + self.money(),
                    "i was charged " + self.money(),
                    "i'd like to pay " + self.money(),
                    "why is my bill " + self.money(),
                    "the total is " + self.money(),
                    "i owe " + self.money(),
                    "can i get a refund of " + self.money(),
                    "i paid " + self.money() + " on " + self.date(),
                    "what is my balance",
                    "when is my payment due",
                    "can i pay by "
                    + choose(["credit card", "check", "bank transfer", "cash", "direct debit", "phone"]),
                    "please send me "
                    + choose(["an invoice", "a receipt", "a copy of the bill", "the statement"]),
                    "my card expires in " + choose(MONTHS),
                    "i want to dispute a charge",
                    "i need to update my "
                    + choose(["card", "address", "payment method", "billing address", "contact details"]),
                    self.money(),
                    "the payment of " + self.money() + " was declined",
                ]
            )
        )

    def address_given(self):
        """A postal address."""
        return alike(
            choose(
                [
                    "my address is ",
                    "i live at ",
                    "it's ",
                    "send it to ",
                    "the delivery address is ",
                    "we are at ",
                    "",
                    "the property is at ",
                ]
            )
            + self.address()
        )

    def email_given(self):
        """An e-mail address."""
        return alike(
            choose(["my email is ", "", "it's ", "you can email me at ", "send it to "]) + self.email()
        )

    def small_talk(self):
        """Greetings and what one says when a line is bad."""
        return alike(
            choose(
                [
                    choose(GREETINGS),
                    choose(GREETINGS)
                    + choose(
                        [
                            "",
                            " can you hear me",
                            " is anyone there",
                            " who is this",
                            " how are you",
                            " is this " + choose(COMPANIES),
                            " my name is " + self.name(),
                            " i have a question",
                            " i need some help",
                            " this is " + self.name(),
                        ]
                    ),
                    "how are you today",
                    "i'm fine thank you",
                    "can you hear me",
                    "is anybody there",
                    "sorry what did you say",
                    "could you repeat that please",
                    "can you say that again",
                    "please speak slower",
                    "hold on a moment",
                    "one moment please",
                    "just a second",
                    "let me check",
                    "are you a robot",
                    "am i talking to a real person",
                    "who am i speaking with",
                    "is this " + choose(COMPANIES),
                    "what can you do",
                    "what services do you offer",
                    "i didn't catch that",
                    "pardon",
                    "excuse me",
                    "sorry i missed that",
                    "can you help me",
                    "wait a minute",
                    "never mind",
                    "forget it",
                    "hang on please",
                    "are you still there",
                    "stop talking",
                    "be quiet",
                    "please stop",
                ]
            )
        )

    def agreement_or_refusal(self):
        """Yes and no, and what follows them."""
        y = choose([AGREEMENTS, REFUSALS])
        t = choose(y)
        if random.random() < 0.5:
            t = (
                t
                + " "
                + choose(
                    [
                        choose(y),
                        "i want " + self.date(),
                        choose(["please", "thank you", "thanks", "sir", "ma'am"]),
                        "that's " + choose(["fine", "great", "okay", "perfect", "too late", "too early"]),
                        "my name is " + self.name(),
                        "at " + self.time(),
                    ]
                )
            )
        return alike(t)

    def farewell(self):
        """Goodbyes."""
        return alike(
            choose(
                [
                    choose(FAREWELLS),
                    choose(FAREWELLS),
                    choose(FAREWELLS) + " " + choose(FAREWELLS),
                    "okay " + choose(FAREWELLS),
                    "no " + choose(FAREWELLS),
                ]
            )
        )

    def department_or_hours(self):
        """Departments, opening hours, call-backs."""
        return alike(
            choose(
                [
                    choose(REQUEST_OPENINGS) + " speak to " + choose(DEPARTMENTS),
                    "transfer me to " + choose(DEPARTMENTS) + choose(["", " please"]),
                    "can you connect me with " + choose(DEPARTMENTS),
                    "put me through to " + choose(DEPARTMENTS),
                    choose(DEPARTMENTS) + " please",
                    "is " + choose(DEPARTMENTS) + " open today",
                    "what are your opening hours",
                    "what time do you "
                    + choose(["open", "close"])
                    + choose(["", " on " + choose(WEEKDAYS), " today", " tomorrow"]),
                    "are you open "
                    + choose(["today", "tomorrow", "on " + choose(WEEKDAYS), "on weekends", "on holidays"]),
                    "where are you located",
                    "do you have parking",
                    "what is your address",
                    "is there a " + choose(["bus stop", "train station", "car park"]) + " nearby",
                    "do you take "
                    + choose(["insurance", "credit cards", "walk ins", "new patients", "cash"]),
                    "can someone call me back",
                    "please call me back " + self.date() + " " + choose(["", "after " + self.time()]),
                    "i'd like to leave a message for " + self.name(),
                    "press " + number_name(random.randint(0, 9)) + " for " + choose(DEPARTMENTS),
                ]
            )
        )

    def issue(self):
        """Something does not work."""
        return alike(
            choose(["", "hi ", "hello ", "um ", "well ", "i have a problem ", "the problem is ", "i think "])
            + choose(ISSUES)
        )

    def one(self):
        """Returns what is said, as words, and how a synthesiser has to be given it."""
        share = random.random()
        for upper, kind in self.KINDS:
            if share < upper:
                return kind(self)
        return alike(self.generic())

    KINDS = [
        (0.05, spelled_word),
        (0.065, spelling_alphabet),
        (0.08, mixed_code),
        (0.17, digit_string),
        (0.22, number),
        (0.27, date_or_time),
        (0.33, introduction),
        (0.42, booking),
        (0.5, shopping),
        (0.57, billing),
        (0.62, address_given),
        (0.645, email_given),
        (0.7, small_talk),
        (0.76, agreement_or_refusal),
        (0.8, farewell),
        (0.85, department_or_hours),
        (0.89, issue),
    ]


def plain(text):
    text = re.sub(r"[^a-z' ]", " ", text.lower())
    return re.sub(r" +", " ", text).strip()


def is_question(text):
    return re.match(r"(what|where|when|why|how|who|is|are|can|could|do|does|may|am|would)\b", text)


def generate(count, seed, avoid=()):
    """`count` sentences, none of them in `avoid`; a short phrase may come up to four times, for other voices."""
    grammar = SentenceGrammar(seed)
    sentences = []
    times = {}
    while len(sentences) < count:
        said, spoken = grammar.one()
        if random.random() < 0.08:
            filler = choose(FILLERS)
            said, spoken = filler + " " + said, filler + ", " + spoken
        if random.random() < 0.06:
            more_said, more_spoken = grammar.one()
            said, spoken = said + " " + more_said, spoken + choose([". ", ", "]) + more_spoken
        said, spoken = plain(said), spoken.strip()
        if not said or len(said.split()) > LONGEST or said in avoid or times.get(said, 0) >= MOST_REPEATS:
            continue
        times[said] = times.get(said, 0) + 1
        if spoken[-1] not in ".?":
            asks = is_question(said) and random.random() < 0.7
            spoken += "?" if asks else choose(["", ".", "."])
        sentences.append((said, spoken))
    return sentences


def main():
    held_out = generate(HELD_OUT, HELD_OUT_SEED)
    # A short phrase cannot be kept out of training: everybody says "yes".
    unseen = {said for said, _ in held_out if len(said.split()) >= 3}
    train = generate(int(sys.argv[1]), TRAIN_SEED, unseen)
    with open("heldout.json", "w") as file:
        json.dump(held_out, file)
    with open("train.json", "w") as file:
        json.dump(train, file)
    words = {word for said, _ in train for word in said.split()}
    print(len(train), "sentences,", len({said for said, _ in train}), "distinct,", len(words), "words")


if __name__ == "__main__":
    main()
