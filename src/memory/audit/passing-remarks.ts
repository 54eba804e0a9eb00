/**
 * What the audit knows of small talk and hearsay: sentences nobody needs a month later, beside sentences
 * worth keeping. junk.ts learns from the difference which words speak for which. Names are left open ({s});
 * what matters are the words around them.
 */

export interface RemarkSample {
  /** Greetings, passing states, errands of the moment, acknowledgements, hearsay and fiction. */
  readonly passing: readonly string[];
  /** Facts, wishes, appointments, rules. */
  readonly lasting: readonly string[];
}

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export const ENGLISH: RemarkSample = {
  passing: lines(`
    Good morning!
    Good night, sleep well.
    Hello there, how are you doing today?
    How are you?
    Thanks a lot.
    Thank you so much!
    You are welcome.
    See you later.
    See you tomorrow.
    Bye for now.
    Nice to see you again.
    Let us go on.
    Let us start.
    Okay, sounds good.
    Yes, please.
    No problem at all.
    Sure, I will do that now.
    Sorry, I was away for a moment.
    Give me a second.
    I am back.
    I am so tired today.
    I am hungry.
    I am cold.
    I slept badly last night.
    I need a break.
    I need a coffee now.
    What a long day.
    What a mess.
    That made me laugh.
    That was funny.
    It is raining again.
    It is windy today.
    It was too loud here.
    It is so hot in here.
    The sun is out.
    The weather is lovely today.
    The bus was late again.
    The train was full this morning.
    The train from there was late.
    My phone is nearly empty.
    The soup was cold.
    There was no bread left.
    There is no milk left.
    I just had some soup.
    I just ate lunch.
    I just saw a bird.
    I just waved at {s}.
    I saw {s} in the park today.
    I saw {s} on the bus.
    I met {s} on the way.
    {s} says hello.
    {s} said hi.
    {s} is late again.
    {s} is on the phone.
    {s} is here now.
    {s} will be back soon.
    {s} told a joke.
    {s} laughed a lot.
    {s} made a face.
    {s} looks tired today.
    {s} seems happy today.
    {s} and {s} had a chat.
    {s} and {s} went for a walk.
    They talk about it on the news.
    Did you watch the match last night?
    Have you seen my keys?
    Can you hear me?
    Wait, where was I?
    {s} waved at {s}.
    {s} dropped some bread.
    {s} waited for a friend.
    {s} missed the bus.
    {s} lost an umbrella.
    {s} saw a film about {s}.
    {s} dreamt of a boat.
    {s} tripped over a bag.
    {s} forgot to call {s}.
    {s} met a stranger today.
    In a novel, {s} lives in {s}.
    In a film, {s} works as a pilot.
    In a film, {s} owns a boat.
    In a dream, {s} has a boat.
    In a dream, the home of {s} is in {s}.
    In a story, {s} likes soup.
    In a novel, the boss of {s} is {s}.
    On the radio: {s} lives in {s}.
    On the radio: {s} is a nurse.
    On a poster: {s} likes bread.
    On a poster: {s} was born on 3 May.
    A stranger said: {s} has a sister called {s}.
    A stranger said: {s} loves soup.
    Somebody said that {s} works as a cook.
    I heard a rumour that {s} owns a horse.`),
  lasting: lines(`
    I live in {s}.
    I grew up in {s}.
    I moved to {s} in 2019.
    I work as a nurse.
    I work at {s}.
    I am a carpenter.
    I am a vegetarian.
    I am allergic to nuts.
    I am diabetic.
    I am left-handed.
    I am learning Spanish.
    I am 41 years old.
    I am married to {s}.
    I was born on 3 May.
    I was born in {s}.
    I have two children.
    I have a brother called {s}.
    I have a dog named {s}.
    I own a boat.
    I like my tea without milk.
    I love sailing.
    I prefer trains to planes.
    I do not eat fish.
    I never drink coffee.
    I always sit by the window.
    I play the piano.
    I speak German and Polish.
    I take the bus to work.
    I pay the rent on the first of the month.
    I wear size 43.
    I need glasses for reading.
    I cannot stand the smell of paint.
    I want to see {s} once in my life.
    My name is {s}.
    My sister is called {s}.
    My wife works as a teacher.
    My son goes to school in {s}.
    My birthday is on 9 June.
    My doctor is {s}.
    My favourite colour is green.
    My flight leaves at 7:40.
    My passport runs out in March.
    My appointment with {s} is on Tuesday at ten.
    Our car is a blue {s}.
    We meet every Thursday.
    We have a house in {s}.
    Call me {s}.
    Please answer in French.
    Remind me to call {s} on Monday.
    {s} lives in {s}.
    {s} has a flat in {s}.
    {s}'s home is in {s}.
    The home of {s} is in {s}.
    {s} settled in {s}.
    {s} has moved to {s}.
    {s} now lives in {s}, not {s}.
    {s} left {s} for {s}.
    {s} works as a nurse.
    {s} is a carpenter.
    {s} is a pilot.
    {s} has a job as a cook.
    The job of {s} is baker.
    {s} became a teacher.
    {s} is no longer a baker but a teacher.
    {s} likes soup.
    {s} loves bread.
    {s} always orders fish.
    The favourite food of {s} is rice.
    {s} no longer likes rice but fish.
    {s} is allergic to nuts.
    {s} owns a boat.
    {s} has a horse.
    {s} keeps a canoe at home.
    {s} bought a lamp.
    {s} sold the lamp and owns a boat.
    {s} swapped the lamp for a canoe.
    {s} was born on 3 May.
    The birthday of {s} is 4 June.
    {s}'s birthday is 9 March.
    {s}'s birthday is 9 March after all.
    No, the birthday of {s} is 4 June, not 3 May.
    {s}'s sister is {s}.
    The brother of {s} is {s}.
    {s} has a cousin called {s}.
    {s} is the boss of {s}.
    {s} has a new neighbour, {s}.
    {s}'s friend is no longer {s} but {s}.
    Correction: {s} lives in {s}.
    Correction: {s} works as a cook.
    Note: {s} owns a boat.
    Remember: {s} likes rice.
    By the way, {s} was born on 1 July.
    I live in {s}.
    I work as a nurse.
    My favourite colour is green.
    My sister is called {s}.
    My passport number is 48213.
    I prefer short answers.
    Please answer in German.
    Never send mail without asking me first.
    The user prefers window seats.
    The project deadline is 12 March 2026.
    The meeting with {s} is on Tuesday at 10.
    The password hint is the name of the first dog.
    {s} speaks French and Polish.
    {s} studied physics in {s}.
    {s}'s favourite colour is blue.
    The dog of {s} is called {s}.
    The key to the shed hangs behind the door.`),
};

export const OTHERS: RemarkSample = {
  passing: lines(`
    Guten Morgen!
    Wie geht es dir heute?
    Danke schön.
    Vielen Dank!
    Bis später.
    Bis morgen.
    Ich bin so müde.
    Ich habe schlecht geschlafen.
    Es regnet schon wieder.
    Was für ein langer Tag.
    Der Bus war voll.
    {s} lässt grüßen.
    {s} kommt gleich wieder.
    {s} ist schon wieder zu spät.
    Ich habe {s} im Park gesehen.
    In einem Roman wohnt {s} in {s}.
    Im Radio: {s} wohnt in {s}.
    Bonjour !
    Comment ça va aujourd'hui ?
    Merci beaucoup.
    À tout à l'heure.
    Je suis fatigué.
    Il pleut encore.
    ¡Buenos días!
    ¿Cómo estás hoy?
    Muchas gracias.
    Hasta luego.
    Estoy muy cansado.
    Está lloviendo otra vez.
    早上好！
    你今天好吗？
    谢谢你。
    再见。
    我好累。
    又下雨了。
    我刚才看到{s}了。
    おはようございます。
    ありがとうございます。
    また明日。
    今日は疲れました。`),
  lasting: lines(`
    {s} wohnt in {s}.
    {s} arbeitet als Lehrer.
    {s} ist Bäcker.
    {s} mag Suppe.
    {s} hat ein Boot.
    {s} wurde am 3. Mai geboren.
    Der Bruder von {s} heißt {s}.
    Die Lieblingsfarbe von {s} ist Grün.
    Ich wohne in {s}.
    Ich bin gegen Nüsse allergisch.
    {s} habite à {s}.
    {s} travaille comme infirmière.
    {s} aime le riz.
    {s} vive en {s}.
    El perro de {s} se llama {s}.
    {s} trabaja como médico.
    {s}住在{s}。
    {s}的职业是老师。
    {s}喜欢吃米饭。
    {s}的生日是五月三日。
    {s}さんは{s}に住んでいます。
    {s}さんの仕事は医者です。`),
};
