"""Word lists of the caller sentences that the starter recogniser learns from."""


def _phrases(text):
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


FIRST_NAMES = _phrases("""
james, mary, john, patricia, robert, jennifer, michael, linda, william, elizabeth, david, barbara,
richard, susan, joseph, jessica, thomas, sarah, charles, karen, christopher, lisa, daniel, nancy, matthew,
betty, anthony, sandra, mark, margaret, donald, ashley, steven, kimberly, paul, emily, andrew, donna,
joshua, michelle, kenneth, carol, kevin, amanda, brian, melissa, george, deborah, edward, stephanie,
ronald, rebecca, timothy, laura, jason, helen, jeffrey, sharon, ryan, cynthia, jacob, kathleen, gary, amy,
nicholas, shirley, eric, angela, jonathan, anna, stephen, ruth, larry, brenda, justin, pamela, scott,
nicole, brandon, katherine, benjamin, samantha, samuel, christine, gregory, emma, frank, catherine,
alexander, debra, raymond, virginia, patrick, rachel, jack, carolyn, dennis, janet, jerry, maria, tyler,
heather, aaron, diane, jose, julie, adam, joyce, nathan, victoria, henry, kelly, douglas, christina,
peter, joan, zachary, evelyn, kyle, lauren, walter, judith, harold, olivia, jeremy, martha, ethan, cheryl,
carl, megan, keith, andrea, roger, ann, gerald, alice, arthur, jean, lawrence, denise, terry, frances,
sean, danielle, austin, marilyn, oscar, beth, leo, diana, max, grace, lucas, sofia, omar, priya, raj,
amit, fatima, ahmed, chloe, zoe, isabella, liam, noah, mia, ella, lily, ivan, elena, yuki, chen, wei,
ravi, anita, kofi, ingrid, lars, pierre, claire, marco, giulia, carlos, lucia, hugo, nina, felix, clara,
tom, ben, sam, kate, jane, rose, holly, wendy, simon, martin, stuart, graham, nigel, fiona, gavin, craig,
derek, ian, neil, alan, barry, tracy, paula, monica, vincent, theodore, gloria, irene, maya, tara, dylan,
logan, mason, caleb, owen, wyatt, carter, julian, levi, isaac, gabriel, aubrey, naomi, ruby, ivy, hazel,
violet, stella, nora
""")

LAST_NAMES = _phrases("""
smith, johnson, williams, brown, jones, garcia, miller, davis, rodriguez, martinez, hernandez, lopez,
gonzalez, wilson, anderson, thomas, taylor, moore, jackson, martin, lee, perez, thompson, white, harris,
sanchez, clark, ramirez, lewis, robinson, walker, young, allen, king, wright, scott, torres, nguyen, hill,
flores, green, adams, nelson, baker, hall, rivera, campbell, mitchell, carter, roberts, gomez, phillips,
evans, turner, diaz, parker, cruz, edwards, collins, reyes, stewart, morris, morales, murphy, cook,
rogers, gutierrez, ortiz, morgan, cooper, peterson, bailey, reed, kelly, howard, ramos, kim, cox, ward,
richardson, watson, brooks, chavez, wood, james, bennett, gray, mendoza, ruiz, hughes, price, alvarez,
castillo, sanders, patel, myers, long, ross, foster, jimenez, powell, jenkins, perry, russell, sullivan,
bell, coleman, butler, henderson, barnes, fisher, vasquez, simmons, graham, murray, ford, hamilton,
wallace, cole, west, jordan, owens, reynolds, freeman, burns, gordon, shaw, holmes, rice, robertson, hunt,
black, daniels, palmer, mills, nichols, grant, knight, ferguson, rose, stone, hawkins, dunn, perkins,
hudson, spencer, gardner, payne, pierce, berry, matthews, wagner, willis, ray, watkins, olson, carroll,
duncan, snyder, hart, cunningham, bradley, lane, andrews, harper, fox, riley, armstrong, weaver, greene,
lawrence, elliott, chapman, austin, peters, kelley, franklin, lawson, fields, schmidt, carr, wheeler,
banks, singh, shah, khan, kumar, gupta, sharma, o'brien, o'connor, mcdonald, campbell, fraser, macleod,
sinclair, hoffman, weber, becker, schneider, klein, wolf, rossi, ferrari, bianchi, novak, kowalski,
petrov, ivanov, tanaka, suzuki, yamamoto, wang, zhang, liu, chan, wong, park, choi, cohen, levy, goldberg,
silva, santos, costa, oliveira, pereira
""")

MONTHS = _phrases("""
january, february, march, april, may, june, july, august, september, october, november, december
""")

WEEKDAYS = _phrases("""
monday, tuesday, wednesday, thursday, friday, saturday, sunday
""")

STREETS = _phrases("""
main, oak, maple, cedar, pine, elm, washington, lake, hill, walnut, spring, north, ridge, church, willow,
mill, sunset, railroad, jackson, lincoln, park, high, station, victoria, green, manor, kings, queens,
chestnut, river, highland, forest, jefferson, center, dogwood, meadow, cherry, franklin, valley, birch,
magnolia, prospect, college, garden, union, water, bridge, market, liberty, orchard, grove, canyon, ocean,
summit, harbor, colonial, rose, adams, madison, monroe, george, albert, richmond, windsor, york, london,
mansfield, castle, abbey, priory, stable, winter, amber, copper, silver, golden, stone, west, east, south
""")

STREET_KINDS = _phrases("""
street, avenue, road, lane, drive, court, place, boulevard, way, terrace, close, crescent, square,
parkway, circle
""")

CITIES = _phrases("""
new york, los angeles, chicago, houston, phoenix, philadelphia, san antonio, san diego, dallas, austin,
san jose, columbus, charlotte, indianapolis, seattle, denver, boston, nashville, detroit, portland,
memphis, louisville, baltimore, milwaukee, albuquerque, tucson, fresno, sacramento, kansas city, atlanta,
omaha, miami, oakland, minneapolis, tampa, new orleans, cleveland, honolulu, orlando, pittsburgh,
cincinnati, london, birmingham, manchester, glasgow, edinburgh, liverpool, leeds, bristol, sheffield,
cardiff, belfast, leicester, nottingham, oxford, cambridge, brighton, york, bath, southampton, plymouth,
toronto, vancouver, montreal, ottawa, calgary, sydney, melbourne, brisbane, perth, auckland, wellington,
dublin, cork, galway, mumbai, delhi, bangalore, chennai, singapore, hong kong, tokyo, berlin, paris,
madrid, rome, amsterdam, springfield, franklin, greenville, bristol, clinton, fairview, salem, georgetown,
arlington, ashland, dover, oxford, milton, newport
""")

STATES = _phrases("""
alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida, georgia, hawaii,
idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan,
minnesota, mississippi, missouri, montana, nebraska, nevada, new hampshire, new jersey, new mexico,
north carolina, ohio, oklahoma, oregon, pennsylvania, rhode island, south dakota, tennessee, texas, utah,
vermont, virginia, washington, west virginia, wisconsin, wyoming
""")

SERVICES = _phrases("""
haircut, dental cleaning, eye exam, massage, oil change, tire rotation, check up, consultation,
physical exam, vaccination, flu shot, blood test, root canal, filling, manicure, pedicure, facial,
color treatment, brake inspection, car wash, boiler service, gas safety check, plumbing repair,
window cleaning, carpet cleaning, pest control visit, lawn care visit, house viewing, property valuation,
mortgage review, tax return, legal consultation, will signing, photo session, piano lesson,
driving lesson, yoga class, personal training session, physiotherapy session, therapy session,
follow up visit, annual review, home inspection, furniture delivery, phone repair, laptop repair,
screen replacement, battery replacement, table for dinner, meeting room, conference call, product demo,
site survey, grooming appointment, vet visit, x ray, hearing test, skin check, insurance review,
test drive
""")

PRODUCTS = _phrases("""
laptop, phone, tablet, printer, router, monitor, keyboard, headset, camera, charger, washing machine,
dishwasher, refrigerator, microwave, oven, vacuum cleaner, coffee machine, television, speaker, mattress,
sofa, desk, chair, lamp, jacket, shoes, boots, dress, shirt, watch, ring, necklace, bicycle, helmet, tent,
backpack, suitcase, blender, toaster, kettle, drill, ladder, paint, garden hose, lawn mower, heater, fan,
air conditioner, subscription, gift card, software license, spare part, filter, battery pack, cable,
thermostat, smoke alarm, door lock, security camera, solar panel, water heater, tile, carpet, curtain,
toy, board game, book, magazine, prescription, contact lenses, glasses, vitamins, pizza, sandwich, salad,
soup, burger, pasta, curry, birthday cake, flowers
""")

COLOURS = _phrases("""
black, white, red, blue, green, yellow, silver, gray, brown, orange, purple, pink, gold, navy
""")

DEPARTMENTS = _phrases("""
sales, billing, support, technical support, customer service, accounts, reservations, human resources,
the front desk, reception, the warehouse, shipping, returns, the pharmacy, the emergency department,
the manager, a supervisor, a human, an agent, a real person, the owner, the service department,
the parts department, the kitchen, radiology, pediatrics, cardiology, the claims team, the fraud team,
the legal team, marketing, the press office, the school office, the maintenance team, security
""")

COMPANIES = _phrases("""
acme dental, sunrise clinic, blue river bank, northside plumbing, green leaf landscaping, city motors,
harbor view hotel, golden dragon restaurant, maple street pharmacy, summit law group,
bright smile dentistry, quick fix computers, evergreen insurance, lakeside veterinary clinic,
downtown fitness, royal spa, first national credit union, oak tree realty, pioneer electric,
star logistics, alpine travel, metro water company, valley power, the corner bakery, river city auto,
crystal cleaners, apex roofing, liberty mutual trust, west end medical center, coastal airlines
""")

GREETINGS = _phrases("""
hello, hi, hey, good morning, good afternoon, good evening, hi there, hello there, yes hello, hey there,
morning, yes hi
""")

AGREEMENTS = _phrases("""
yes, yeah, yep, yes please, sure, of course, that's right, that's correct, correct, absolutely,
definitely, yes that works, sounds good, okay, all right, i think so, yes it is, yes i do, yes i am,
perfect, exactly, go ahead, please do, that would be great, that's fine, works for me, i agree, uh huh,
certainly, no problem, great, fantastic, wonderful
""")

REFUSALS = _phrases("""
no, nope, no thank you, no thanks, not really, not at all, i don't think so, that's not right,
that's wrong, no it isn't, no i don't, no i'm not, never, not today, not right now, maybe later,
i'm not sure, i don't know, i have no idea, i'd rather not, absolutely not, of course not, not yet
""")

FAREWELLS = _phrases("""
bye, goodbye, bye bye, thank you goodbye, thanks bye, have a nice day, have a good one, talk to you later,
see you then, see you tomorrow, thanks for your help, thank you very much, thanks a lot, i appreciate it,
that's all, that's everything, that will be all, nothing else, cheers, take care, have a great weekend,
many thanks
""")

FILLERS = _phrases("""
um, uh, well, so, okay, right, actually, oh, hmm, let me see, you know, i mean
""")

SPELLING_ALPHABET = _phrases("""
alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel, india, juliet, kilo, lima, mike, november,
oscar, papa, quebec, romeo, sierra, tango, uniform, victor, whiskey, xray, yankee, zulu
""")

NOUNS = _phrases("""
time, year, people, way, day, man, thing, woman, life, child, world, school, state, family, student,
group, country, problem, hand, part, place, case, week, company, system, program, question, work,
government, number, night, point, home, water, room, mother, area, money, story, fact, month, lot, right,
study, book, eye, job, word, business, issue, side, kind, head, house, service, friend, father, power,
hour, game, line, end, member, law, car, city, community, name, president, team, minute, idea, kid, body,
information, back, parent, face, others, level, office, door, health, person, art, war, history, party,
result, change, morning, reason, research, girl, guy, moment, air, teacher, force, education, foot, boy,
age, policy, music, market, sense, nation, plan, college, interest, death, experience, effect, use, class,
control, field, development, role, effort, rate, heart, drug, show, leader, light, voice, wife, police,
mind, price, report, decision, son, view, relationship, town, road, arm, difference, value, building,
action, season, society, tax, director, position, player, record, paper, space, ground, form, event,
official, matter, center, couple, site, project, activity, star, table, need, court, oil, situation, cost,
industry, figure, street, image, phone, data, picture, practice, piece, land, product, doctor, wall,
patient, worker, news, test, movie, north, love, step, ship, bird, dog, cat, horse, fish, tree, flower,
river, mountain, beach, island, bridge, window, kitchen, bathroom, bedroom, garden, garage, roof, floor,
ceiling, stairs, elevator, engine, wheel, tire, brake, fuel, gas, train, bus, plane, boat, truck, bike,
ticket, passport, luggage, hotel, restaurant, coffee, tea, milk, bread, cheese, butter, sugar, salt,
pepper, rice, chicken, beef, pork, egg, apple, banana, lemon, grape, potato, tomato, onion, carrot, juice,
beer, wine, breakfast, lunch, dinner, knife, fork, spoon, plate, cup, glass, bottle, box, bag, key, lock,
clock, letter, envelope, stamp, package, parcel, signature, contract, invoice, receipt, payment, deposit,
refund, discount, balance, account, loan, mortgage, insurance, claim, policy, premium, coverage,
deductible, prescription, medicine, tablet, dose, pain, fever, cough, headache, allergy, injury, surgery,
nurse, dentist, hospital, clinic, pharmacy, ambulance, emergency, fire, storm, snow, rain, wind, sun,
cloud, winter, summer, autumn, spring, weather, temperature, degree, meter, mile, inch, pound, ounce,
gallon, computer, screen, keyboard, password, username, website, internet, network, connection, signal,
server, device, software, update, error, message, email, address, file, folder, printer, button, menu,
option, extension, meeting, schedule, calendar, deadline, manager, employee, customer, client, supplier,
contractor, landlord, tenant, neighbor, visitor, guest, driver, pilot, lawyer, judge, engineer, artist,
writer, farmer, soldier, officer, king, queen, baby, brother, sister, uncle, aunt, cousin, husband,
daughter, grandmother, grandfather, birthday, wedding, holiday, vacation, gift, card, song, dance, sport,
ball, goal, score, race, prize, church, temple, museum, library, theater, station, airport, harbor, farm,
forest, desert, valley, field, stone, metal, wood, plastic, paper, cotton, leather, silk, wool, iron,
gold, silver, copper, steel, brick, cement, sand, mud, dust, smoke, ice, steam, noise, sound, smell,
taste, touch, color, shape, size, weight, height, width, depth, speed, distance, square, circle, corner,
edge, top, bottom, middle, front, inside, outside, left, east, west, south
""")

ADJECTIVES = _phrases("""
good, new, first, last, long, great, little, own, other, old, big, high, different, small, large, next,
early, young, important, few, public, bad, same, able, short, single, quick, slow, easy, hard, heavy,
warm, cold, hot, cool, dry, wet, clean, dirty, empty, full, rich, poor, cheap, expensive, safe, dangerous,
quiet, loud, bright, dark, soft, sharp, smooth, rough, thick, thin, wide, narrow, deep, flat, round,
fresh, sweet, sour, bitter, strong, weak, healthy, sick, tired, hungry, thirsty, happy, sad, angry,
afraid, proud, nice, kind, rude, honest, lazy, busy, free, available, ready, late, early, modern, ancient,
local, foreign, private, personal, medical, legal, financial, digital, electric, broken, missing, wrong,
correct, true, false, possible, certain, urgent, final, extra, double, total, average, common, rare,
special, normal, strange, beautiful, ugly, clever, stupid, famous, popular, perfect, terrible, awful,
excellent, comfortable, convenient, reasonable, professional, temporary, permanent, previous, current,
future, recent, daily, weekly, monthly, annual
""")

VERBS = _phrases("""
have, do, say, get, make, go, know, take, see, come, think, look, want, give, use, find, tell, ask, work,
seem, feel, try, leave, call, need, become, put, mean, keep, let, begin, help, show, hear, play, run,
move, live, believe, bring, happen, write, provide, sit, stand, lose, pay, meet, include, continue, set,
learn, lead, understand, watch, follow, stop, create, speak, read, allow, add, spend, grow, open, walk,
win, offer, remember, love, consider, appear, buy, wait, serve, die, send, expect, build, stay, fall, cut,
reach, kill, remain, suggest, raise, pass, sell, require, report, decide, pull, return, explain, hope,
develop, carry, break, receive, agree, support, hit, produce, eat, cover, catch, draw, choose, cause,
listen, realize, place, close, involve, increase, finish, check, change, cancel, confirm, repeat, spell,
order, deliver, collect, replace, repair, install, update, transfer, connect, charge, cost, book, reserve,
arrange, reschedule, postpone, verify, sign, print, scan, download, upload, type, click, press, dial,
record, measure, clean, wash, cook, drive, ride, fly, swim, sleep, wake, drink, smile, laugh, cry, shout,
whisper, sing, dance, paint, fix, push, drop, lift, throw, hold, touch, hurt, heal, save, share, teach,
study, travel, visit, rent, borrow, lend, owe, earn, hire, fire, retire, marry, worry, complain,
apologize, thank, welcome, invite, accept, refuse, avoid, forget, notice, recognize, compare, describe,
discuss, argue, promise, prefer, recommend, enjoy, hate, miss, wear, fit, match, turn, shut, fill, empty,
burn, freeze, melt, boil
""")

ADVERBS = _phrases("""
now, then, here, there, always, never, often, sometimes, usually, again, already, still, soon, later,
today, tomorrow, yesterday, tonight, really, quite, very, too, just, only, almost, maybe, perhaps,
probably, certainly, quickly, slowly, carefully, together, alone, away, back, home, outside, inside,
upstairs, downstairs, everywhere, anywhere, once, twice, early, late, directly, immediately, recently,
finally, exactly, especially, actually, honestly, unfortunately
""")

PREPOSITIONS = _phrases("""
in, on, at, for, with, about, from, by, near, under, over, behind, between, through, during, before,
after, without, against, around, beside, across, into, toward
""")

PRONOUNS = _phrases("""
i, you, we, they, he, she
""")

DETERMINERS = _phrases("""
my, your, our, their, his, her, the, this, that, a
""")

REQUEST_OPENINGS = _phrases("""
i need to, i want to, i'd like to, i would like to, can i, could i, i'm trying to, i'm calling to,
i was hoping to, we need to, i have to, how do i, is it possible to, may i, can you help me,
would it be possible to, i am looking to, please help me
""")

ISSUES = _phrases("""
it's not working, it won't turn on, it keeps dropping, i can't log in, i forgot my password,
the screen is frozen, there is no signal, the bill is wrong, i was charged twice, i never received it,
it arrived damaged, it is the wrong size, the delivery is late, the payment was declined,
my card was stolen, i lost my key, the water is leaking, the power is out, the heating is broken,
the internet is slow, the line is busy, i can't hear you, you're breaking up, there's a lot of noise,
i have a toothache, i have a fever, my back hurts, my car broke down, the door won't open,
the alarm is beeping, the app keeps crashing, nobody called me back, i've been waiting for an hour,
the price is too high, the order is missing an item
""")

NUMBERED_THINGS = _phrases("""
account number, order number, reference number, policy number, phone number, booking reference,
customer number, invoice number, case number, tracking number, membership number, zip code, postal code,
date of birth, email address, home address, full name, last name, first name, middle name, security code,
pin number, confirmation code, room number, flight number, license plate, serial number, extension
""")

# How a synthesiser has to read a letter so that it says the letter's name.
LETTER_SOUNDS = dict(
    a="ay",
    b="bee",
    c="see",
    d="dee",
    e="ee",
    f="eff",
    g="jee",
    h="aitch",
    i="eye",
    j="jay",
    k="kay",
    l="ell",
    m="em",
    n="en",
    o="oh",
    p="pee",
    q="cue",
    r="are",
    s="ess",
    t="tee",
    u="you",
    v="vee",
    w="double you",
    x="ex",
    y="why",
    z="zee",
)

ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
    10: "tenth",
    11: "eleventh",
    12: "twelfth",
    13: "thirteenth",
    14: "fourteenth",
    15: "fifteenth",
    16: "sixteenth",
    17: "seventeenth",
    18: "eighteenth",
    19: "nineteenth",
    20: "twentieth",
    30: "thirtieth",
}

ONES = _phrases("""
zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen,
fifteen, sixteen, seventeen, eighteen, nineteen
""")

TENS = ["", ""] + _phrases("twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety")
