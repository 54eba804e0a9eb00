/**
 * Facts and questions that ask for them in other words, made by hand: what separates similarity of meaning from
 * similarity of spelling. Besides the name, fact and question share few words or none ("cannot eat peanuts", "allergic
 * to").
 *
 * All of them together are one memory, in which every question has hard negatives by construction: the same person
 * with another relation, and another person with the same relation.
 */

export interface Paraphrase {
  /** BCP 47. */
  readonly language: 'en' | 'de' | 'zh';
  readonly subject: string;
  readonly relation: string;
  readonly fact: string;
  readonly question: string;
}

/** Fact and question of one person, by relation. */
type About = Readonly<Record<string, readonly [fact: string, question: string]>>;

const ENGLISH: Readonly<Record<string, About>> = {
  Nadia: {
    home: ['Nadia rents a flat above a bakery in Ghent.', 'What is the town Nadia comes home to?'],
    work: ['Nadia mends teeth in a small practice.', 'Is Nadia a dentist or something else?'],
    health: ['Nadia cannot eat peanuts.', 'Which allergy must I mind when I cook for Nadia?'],
    pet: ['A grey tomcat called Pixel sleeps on the bed of Nadia.', 'Does Nadia keep an animal?'],
    music: ['Nadia plays the cello in an amateur orchestra.', 'Which instrument did Nadia learn?'],
  },
  Owen: {
    home: ['Owen moved into a cottage near Galway last spring.', 'Where can letters to Owen be sent?'],
    work: ['Owen drives the night bus.', 'How does Owen earn a living?'],
    health: ['Owen needs glasses only for reading.', 'How good are the eyes of Owen?'],
    family: ['Owen has twin daughters who have just started school.', 'How many children has Owen got?'],
    hobby: ['Owen spends his Sundays carving spoons.', 'What does Owen do in his free time?'],
  },
  Priya: {
    home: ['Priya shares a house with three students in Leeds.', 'In which city are the rooms of Priya?'],
    studies: ['Priya is writing her thesis about coral reefs.', 'What subject is Priya researching?'],
    transport: ['Priya goes everywhere on a folding bike.', 'By what means does Priya get around?'],
    food: ['Priya has not touched meat since she was twelve.', 'Is Priya a vegetarian?'],
    birthday: ['Priya blows out her candles on the ninth of May.', 'When was Priya born?'],
  },
  Marek: {
    work: ['Marek repairs lifts for a living.', 'What is the profession of Marek?'],
    languages: ['Marek grew up with Polish and picked up Danish at work.', 'Which tongues does Marek speak?'],
    transport: ['Marek has just bought a second-hand van.', 'What kind of vehicle does Marek own?'],
    music: ['Marek bangs the drums in a wedding band.', 'What does Marek play on stage?'],
    family: ['Marek got engaged to Ilse in June.', 'Whom is Marek going to marry?'],
  },
  Ilse: {
    home: ['Ilse lives on a houseboat in Utrecht.', 'What is the address of Ilse like?'],
    work: ['Ilse teaches chemistry to teenagers.', 'At what kind of place is Ilse employed?'],
    drink: ['Ilse takes her coffee black and without sugar.', 'How should I make a hot drink for Ilse?'],
    hobby: ['Ilse collects old maps.', 'What present would please Ilse as a collector?'],
    health: ['Ilse broke her left wrist on the ice.', 'What injury did Ilse have?'],
  },
  Tomas: {
    home: ['Tomas has returned to his village in the Alps.', 'In what surroundings does Tomas dwell now?'],
    work: ['Tomas was made head cook of the hotel.', 'What position does Tomas hold?'],
    drink: ['Tomas never touches alcohol.', 'May I bring Tomas a bottle of wine?'],
    pet: ['Two huskies pull the sledge of Tomas.', 'What breed are the dogs of Tomas?'],
    sport: ['Tomas finished the marathon in under three hours.', 'How fast a runner is Tomas?'],
  },
  Yuki: {
    studies: ['Yuki dropped law and took up graphic design.', 'What is Yuki training to become?'],
    languages: ['Yuki dreams in Japanese but writes in French.', 'What is the mother tongue of Yuki?'],
    food: ['Nothing beats noodle soup, says Yuki.', 'What is the favourite dish of Yuki?'],
    birthday: ['Yuki turns thirty on New Year’s Eve.', 'On what date should I congratulate Yuki?'],
    fear: ['Yuki will not set foot in a lift.', 'What frightens Yuki?'],
  },
  Carlos: {
    home: [
      'The balcony of Carlos looks out over the port of Vigo.',
      'Which seaside town is Carlos based in?',
    ],
    work: ['Carlos keeps the accounts of a shipping company.', 'What does Carlos do at the office?'],
    sport: ['Carlos swims a mile before breakfast.', 'How does Carlos keep fit?'],
    family: ['The mother of Carlos is a judge.', 'What do the parents of Carlos do?'],
    phone: ['Carlos can be reached under 5550142.', 'What is the number of Carlos?'],
  },
  Amara: {
    work: ['Amara delivers babies at the county hospital.', 'Is Amara a midwife?'],
    home: ['Amara bought the old mill outside Cork.', 'What property belongs to Amara?'],
    food: ['Milk upsets the stomach of Amara.', 'Which groceries does Amara avoid?'],
    hobby: ['Amara knits a jumper every winter.', 'What handicraft does Amara enjoy?'],
    travel: ['Amara flies to Accra every December.', 'Where does Amara spend her holidays?'],
  },
  Felix: {
    pet: ['Felix breeds canaries in the attic.', 'What creatures does Felix look after?'],
    work: ['Felix was laid off by the printing house.', 'Does Felix have a job?'],
    transport: ['Felix lost his driving licence in March.', 'Can Felix pick us up by car?'],
    music: ['Felix sings bass in the church choir.', 'Which voice part does Felix take?'],
    fear: ['Thunder makes Felix hide under the blanket.', 'What is Felix afraid of?'],
  },
  Hana: {
    birthday: ['Hana celebrates on the last day of February.', 'When does Hana turn a year older?'],
    studies: ['Hana passed the bar exam at her second attempt.', 'Is Hana qualified as a lawyer?'],
    drink: ['Hana brews green tea in an iron pot.', 'What does Hana like to sip?'],
    sport: ['Hana holds a black belt in judo.', 'Which martial art has Hana mastered?'],
    travel: ['Hana is saving up for a trip to Patagonia.', 'What journey is Hana planning?'],
  },
  Dieter: {
    home: ['Dieter sold his house and lives in a caravan.', 'What sort of roof is over the head of Dieter?'],
    health: ['Dieter has worn a pacemaker for two years.', 'What is wrong with the heart of Dieter?'],
    family: ['Dieter is a grandfather of five.', 'How large is the offspring of Dieter?'],
    hobby: ['Dieter can name every star on a clear night.', 'What is the passion of Dieter, astronomy?'],
    food: ['Dieter puts mustard on everything.', 'Which condiment is a must for Dieter?'],
  },
  Leila: {
    work: ['Leila translates crime novels.', 'What is the occupation of Leila?'],
    home: ['Leila found a loft in Marseille.', 'Which place did Leila move to?'],
    languages: ['Leila reads Persian poetry in the original.', 'Which foreign writing can Leila understand?'],
    pet: ['A parrot repeats whatever Leila says.', 'What bird does Leila have?'],
    phone: ['Leila never picks up before noon.', 'At what time is it no use to ring Leila?'],
  },
  Gustav: {
    work: ['Gustav tends the lighthouse.', 'What is the trade of Gustav?'],
    transport: ['Gustav crosses the sound in his own rowing boat.', 'How does Gustav reach the mainland?'],
    drink: ['Gustav distils his own schnapps.', 'What spirits does Gustav produce?'],
    fear: ['Gustav feels dizzy on every ladder.', 'Is Gustav scared of heights?'],
    birthday: ['Gustav was born at midsummer.', 'In what season is the anniversary of Gustav?'],
  },
  Zola: {
    studies: ['Zola takes evening classes in welding.', 'Which course does Zola attend?'],
    sport: ['Zola keeps goal for the village eleven.', 'What is the position of Zola in the football team?'],
    family: ['Zola is the youngest of seven.', 'How many brothers and sisters has Zola?'],
    travel: ['Zola hitchhiked from Cape Town to Cairo.', 'What was the great adventure of Zola?'],
    health: ['Zola gives blood every spring.', 'Is Zola a donor?'],
  },
  Rhys: {
    hobby: ['Rhys restores steam engines.', 'What does Rhys tinker with?'],
    music: [
      'The piano of Rhys has been out of tune for years.',
      'Which keyboard stands in the parlour of Rhys?',
    ],
    travel: ['Rhys has never left Wales.', 'Which countries has Rhys visited?'],
    phone: ['Rhys refuses to own a mobile.', 'How can I get hold of Rhys on the go?'],
    food: ['Rhys eats porridge with salt.', 'What does Rhys have for breakfast?'],
  },
};

const GERMAN: Readonly<Record<string, About>> = {
  Frieda: {
    home: ['Frieda ist nach Bremen gezogen.', 'In welcher Stadt hat Frieda ihre Wohnung?'],
    work: ['Frieda backt Brot für das ganze Viertel.', 'Welchen Beruf hat Frieda?'],
    health: ['Frieda verträgt keine Nüsse.', 'Wogegen ist Frieda allergisch?'],
    pet: ['Frieda führt jeden Abend ihren Dackel aus.', 'Was für einen Hund besitzt Frieda?'],
  },
  Emre: {
    home: ['Emre hat sich in Graz niedergelassen.', 'Wo wohnt Emre?'],
    work: ['Emre steuert Güterzüge durch die Nacht.', 'Womit verdient Emre sein Geld?'],
    music: ['Emre zupft den Bass in einer Jazzkapelle.', 'Welches Instrument spielt Emre?'],
    family: ['Emre erwartet im Herbst sein erstes Kind.', 'Wann wird Emre Vater?'],
  },
  Lotte: {
    work: ['Lotte operiert Katzen und Pferde.', 'Ist Lotte Tierärztin?'],
    transport: ['Lotte fährt mit dem Rad zum Dienst.', 'Wie kommt Lotte zur Arbeit?'],
    birthday: ['Lotte feiert am dritten Advent.', 'Wann hat Lotte Geburtstag?'],
    drink: ['Lotte bestellt immer Kakao.', 'Welches Getränk mag Lotte am liebsten?'],
  },
  Hannes: {
    home: ['Hannes haust auf einer Alm bei Innsbruck.', 'Wie lautet die Anschrift von Hannes?'],
    health: ['Hannes hört auf dem linken Ohr nichts.', 'Ist Hannes schwerhörig?'],
    music: ['Hannes bläst im Schützenverein die Tuba.', 'Was kann Hannes auf dem Fest vorspielen?'],
    birthday: ['Hannes kam am ersten April zur Welt.', 'An welchem Tag wird Hannes ein Jahr älter?'],
  },
  Ulla: {
    family: ['Ulla hat drei Enkel.', 'Ist Ulla schon Großmutter?'],
    transport: ['Ulla nimmt stets die Fähre.', 'Womit reist Ulla über den See?'],
    drink: ['Ulla verzichtet auf Alkohol.', 'Darf ich Ulla ein Bier anbieten?'],
    pet: ['Bei Ulla summen sechs Bienenvölker im Garten.', 'Welche Tiere hält Ulla?'],
  },
};

const CHINESE: Readonly<Record<string, About>> = {
  李伟: {
    home: ['李伟在成都买了房子。', '李伟住在哪个城市?'],
    work: ['李伟每天给病人做手术。', '李伟的职业是什么?'],
    food: ['李伟一吃虾就过敏。', '李伟不能吃什么?'],
    pet: ['李伟养了一只黑猫。', '李伟家里有什么动物?'],
  },
  王芳: {
    home: ['王芳去年搬到了青岛。', '王芳现在定居何处?'],
    work: ['王芳在小学教数学。', '王芳靠什么谋生?'],
    music: ['王芳从小练习钢琴。', '王芳会哪种乐器?'],
    birthday: ['王芳生于五月初五。', '什么时候给王芳庆祝生日?'],
  },
  陈静: {
    work: ['陈静开出租车。', '陈静做什么工作?'],
    food: ['陈静最爱吃饺子。', '请陈静吃饭该点哪道菜?'],
    pet: ['陈静的阳台上有两只鹦鹉。', '陈静喜欢什么鸟?'],
    family: ['陈静有一对双胞胎儿子。', '陈静有几个孩子?'],
  },
  赵磊: {
    home: ['赵磊租住在昆明郊外。', '写信给赵磊应该寄到哪儿?'],
    transport: ['赵磊骑摩托车上班。', '赵磊怎么去公司?'],
    music: ['赵磊在乐队里打鼓。', '赵磊演奏什么?'],
    birthday: ['赵磊在中秋节那天出生。', '赵磊哪天满岁?'],
  },
  孙丽: {
    family: ['孙丽明年就要结婚了。', '孙丽是单身吗?'],
    transport: ['孙丽刚拿到驾照。', '孙丽会开车吗?'],
    food: ['孙丽从来不吃辣。', '孙丽的口味怎么样?'],
    work: ['孙丽为报社写文章。', '孙丽是记者吗?'],
  },
};

function listed(language: Paraphrase['language'], people: Readonly<Record<string, About>>): Paraphrase[] {
  return Object.entries(people).flatMap(([subject, about]) =>
    Object.entries(about).map(([relation, [fact, question]]) => ({
      language,
      subject,
      relation,
      fact,
      question,
    })),
  );
}

export const PARAPHRASES: readonly Paraphrase[] = [
  ...listed('en', ENGLISH),
  ...listed('de', GERMAN),
  ...listed('zh', CHINESE),
];
