/**
 * What theta is calibrated on: short statements about people and small talk in fourteen languages and
 * ten scripts, with the phrases by which one would ask Filter_context to remove them, and the
 * questions by which one would look them up. The pairs are derived from these by rule (calibration.ts).
 */

/** One kind of fact; `{s}` stands for the subject, `{v}` for the value. */
export interface RelationSample {
  /** As a filter criteria: subject and relation, the value left open. */
  readonly criteria: string;
  readonly statement: string;
  readonly question: string;
  readonly values: readonly string[];
}

export interface LanguageSample {
  /** BCP 47. */
  readonly language: string;
  readonly subjects: readonly string[];
  readonly relations: readonly RelationSample[];
  /** Small talk, with the one or two words that name its topic. */
  readonly chatter: readonly { readonly topic: string; readonly statement: string }[];
}

export const LANGUAGE_SAMPLES: readonly LanguageSample[] = [
  {
    language: 'en',
    subjects: ['Rolf', 'Mira', 'Ines', 'Tobias', 'Kemal', 'Ada'],
    relations: [
      {
        criteria: '{s} lives in',
        statement: '{s} lives in {v}.',
        question: 'Where does {s} live?',
        values: ['Kiel', 'Oslo', 'Lisbon', 'Quito', 'Dakar', 'Perth'],
      },
      {
        criteria: '{s} works as a',
        statement: '{s} works as a {v}.',
        question: 'What does {s} work as?',
        values: ['baker', 'pilot', 'nurse', 'carpenter', 'chemist', 'driver'],
      },
      {
        criteria: "{s}'s favourite colour",
        statement: "{s}'s favourite colour is {v}.",
        question: "What is {s}'s favourite colour?",
        values: ['green', 'purple', 'orange', 'blue', 'black', 'yellow'],
      },
    ],
    chatter: [
      { topic: 'weather', statement: 'The weather is lovely today.' },
      { topic: 'coffee', statement: 'I could do with another coffee.' },
      { topic: 'the bus', statement: 'My bus was late again this morning.' },
      { topic: 'football', statement: 'Did you watch the football last night?' },
    ],
  },
  {
    language: 'de',
    subjects: ['Jonas', 'Frieda', 'Emre', 'Lotte', 'Hannes', 'Ulla'],
    relations: [
      {
        criteria: '{s} wohnt in',
        statement: '{s} wohnt in {v}.',
        question: 'Wo wohnt {s}?',
        values: ['Bremen', 'Graz', 'Zürich', 'Leipzig', 'Mainz', 'Ulm'],
      },
      {
        criteria: '{s} arbeitet als',
        statement: '{s} arbeitet als {v}.',
        question: 'Als was arbeitet {s}?',
        values: ['Köchin', 'Lehrer', 'Tischler', 'Ärztin', 'Gärtner', 'Lotse'],
      },
      {
        criteria: 'Lieblingsfarbe von {s}',
        statement: 'Die Lieblingsfarbe von {s} ist {v}.',
        question: 'Was ist die Lieblingsfarbe von {s}?',
        values: ['grün', 'rot', 'blau', 'gelb', 'weiß', 'violett'],
      },
    ],
    chatter: [
      { topic: 'Wetter', statement: 'Das Wetter ist heute herrlich.' },
      { topic: 'Kaffee', statement: 'Ich brauche jetzt einen Kaffee.' },
      { topic: 'der Zug', statement: 'Mein Zug hatte heute früh Verspätung.' },
      { topic: 'Fußball', statement: 'Hast du gestern den Fußball gesehen?' },
    ],
  },
  {
    language: 'fr',
    subjects: ['Amélie', 'Bruno', 'Chloé', 'Damien', 'Océane', 'Rachid'],
    relations: [
      {
        criteria: '{s} habite à',
        statement: '{s} habite à {v}.',
        question: 'Où habite {s} ?',
        values: ['Nantes', 'Lille', 'Namur', 'Québec', 'Brest', 'Lyon'],
      },
      {
        criteria: '{s} travaille comme',
        statement: '{s} travaille comme {v}.',
        question: 'Quel est le travail de {s} ?',
        values: ['boulanger', 'infirmière', 'avocate', 'maçon', 'vétérinaire', 'chauffeur'],
      },
    ],
    chatter: [
      { topic: 'la pluie', statement: 'Quelle pluie depuis ce matin !' },
      { topic: 'le café', statement: 'Le café de la machine est froid.' },
      { topic: 'le cinéma', statement: 'On va au cinéma ce soir ?' },
    ],
  },
  {
    language: 'es',
    subjects: ['Lucía', 'Mateo', 'Inés', 'Gonzalo', 'Pilar', 'Íñigo'],
    relations: [
      {
        criteria: '{s} vive en',
        statement: '{s} vive en {v}.',
        question: '¿Dónde vive {s}?',
        values: ['Sevilla', 'Bogotá', 'Cuzco', 'Vigo', 'Rosario', 'León'],
      },
      {
        criteria: 'el perro de {s}',
        statement: 'El perro de {s} se llama {v}.',
        question: '¿Cómo se llama el perro de {s}?',
        values: ['Trueno', 'Nube', 'Canelo', 'Lola', 'Chispa', 'Tango'],
      },
    ],
    chatter: [
      { topic: 'el calor', statement: 'Hace mucho calor esta tarde.' },
      { topic: 'el partido', statement: '¿Viste el partido de anoche?' },
      { topic: 'la cena', statement: 'Ya tengo lista la cena.' },
    ],
  },
  {
    language: 'tr',
    subjects: ['Ayşe', 'Ismail', 'Çağla', 'Deniz', 'Yılmaz', 'Gülten'],
    relations: [
      {
        criteria: '{s} nerede yaşıyor',
        statement: '{s} şimdi {v} şehrinde yaşıyor.',
        question: '{s} nerede yaşıyor?',
        values: ['İzmir', 'Ankara', 'Bursa', 'Konya', 'Trabzon', 'Sivas'],
      },
      {
        criteria: '{s} mesleği',
        statement: '{s} meslek olarak {v} oldu.',
        question: '{s} mesleği nedir?',
        values: ['doktor', 'öğretmen', 'aşçı', 'terzi', 'pilot', 'avukat'],
      },
    ],
    chatter: [
      { topic: 'hava', statement: 'Bugün hava çok güzel.' },
      { topic: 'kahve', statement: 'Bir kahve daha içelim mi?' },
      { topic: 'otobüs', statement: 'Otobüs bu sabah yine geç geldi.' },
    ],
  },
  {
    language: 'fi',
    subjects: ['Aino', 'Eero', 'Kaisa', 'Matti', 'Veikko', 'Helmi'],
    relations: [
      {
        criteria: '{s} asuu',
        statement: '{s} asuu kaupungissa {v}.',
        question: 'Missä {s} asuu?',
        values: ['Turku', 'Oulu', 'Kuopio', 'Vaasa', 'Lahti', 'Pori'],
      },
      {
        criteria: '{s} lempiruoka',
        statement: '{s} sanoo lempiruoakseen: {v}.',
        question: 'Mikä on {s} lempiruoka?',
        values: ['lohikeitto', 'puuro', 'karjalanpaisti', 'pannukakku', 'hernekeitto', 'mustikkapiirakka'],
      },
    ],
    chatter: [
      { topic: 'sää', statement: 'Sää on tänään kaunis.' },
      { topic: 'kahvi', statement: 'Kahvi on taas loppu.' },
      { topic: 'jääkiekko', statement: 'Katsoitko eilen jääkiekkoa?' },
    ],
  },
  {
    language: 'ru',
    subjects: ['Олег', 'Марина', 'Тимур', 'Светлана', 'Борис', 'Галина'],
    relations: [
      {
        criteria: '{s} живёт в городе',
        statement: '{s} живёт в городе {v}.',
        question: 'В каком городе живёт {s}?',
        values: ['Казань', 'Омск', 'Тверь', 'Пермь', 'Сочи', 'Псков'],
      },
      {
        criteria: '{s} любит',
        statement: '{s} больше всего любит {v}.',
        question: 'Что больше всего любит {s}?',
        values: ['пироги', 'джаз', 'шахматы', 'рыбалку', 'театр', 'кошек'],
      },
    ],
    chatter: [
      { topic: 'погода', statement: 'Погода сегодня чудесная.' },
      { topic: 'кофе', statement: 'Мне бы ещё чашку кофе.' },
      { topic: 'автобус', statement: 'Автобус утром опять опоздал.' },
    ],
  },
  {
    language: 'el',
    subjects: ['Νίκος', 'Ελένη', 'Σταύρος', 'Μαρία', 'Θανάσης', 'Ζωή'],
    relations: [
      {
        criteria: '{s} μένει',
        statement: '{s} μένει στην πόλη {v}.',
        question: 'Σε ποια πόλη μένει {s};',
        values: ['Πάτρα', 'Βόλος', 'Χανιά', 'Λάρισα', 'Δράμα', 'Κοζάνη'],
      },
      {
        criteria: '{s} επάγγελμα',
        statement: '{s} έχει επάγγελμα {v}.',
        question: 'Τι επάγγελμα έχει {s};',
        values: ['μάγειρας', 'δάσκαλος', 'γιατρός', 'ναύτης', 'ράφτης', 'δικηγόρος'],
      },
    ],
    chatter: [
      { topic: 'καιρός', statement: 'Ο καιρός είναι υπέροχος σήμερα.' },
      { topic: 'καφές', statement: 'Θέλω άλλον έναν καφέ.' },
      { topic: 'λεωφορείο', statement: 'Το λεωφορείο άργησε πάλι το πρωί.' },
    ],
  },
  {
    language: 'zh',
    subjects: ['罗夫', '米拉', '李伟', '王芳', '陈静', '赵磊'],
    relations: [
      {
        criteria: '{s}住在',
        statement: '{s}住在{v}。',
        question: '{s}住在哪里?',
        values: ['南京', '成都', '西安', '大连', '昆明', '青岛'],
      },
      {
        criteria: '{s}的职业',
        statement: '{s}的职业是{v}。',
        question: '{s}的职业是什么?',
        values: ['厨师', '老师', '律师', '司机', '护士', '画家'],
      },
    ],
    chatter: [
      { topic: '天气', statement: '今天天气很好。' },
      { topic: '咖啡', statement: '我想再喝一杯咖啡。' },
      { topic: '足球', statement: '昨晚你看足球了吗?' },
    ],
  },
  {
    language: 'ja',
    subjects: ['田中', 'ミラ', '佐藤', 'ケン', '鈴木', 'アイコ'],
    relations: [
      {
        criteria: '{s}さんが住んでいる',
        statement: '{s}さんは{v}に住んでいます。',
        question: '{s}さんはどこに住んでいますか。',
        values: ['京都', '札幌', '神戸', '福岡', '長崎', '仙台'],
      },
      {
        criteria: '{s}さんの仕事',
        statement: '{s}さんの仕事は{v}です。',
        question: '{s}さんの仕事は何ですか。',
        values: ['医者', '教師', 'パイロット', '大工', '画家', '記者'],
      },
    ],
    chatter: [
      { topic: '天気', statement: '今日は天気がいいですね。' },
      { topic: 'コーヒー', statement: 'コーヒーをもう一杯飲みたいです。' },
      { topic: 'サッカー', statement: '昨日のサッカーを見ましたか。' },
    ],
  },
  {
    language: 'ko',
    subjects: ['민수', '지영', '현우', '서연', '동건', '하늘'],
    relations: [
      {
        criteria: '{s} 사는 곳',
        statement: '{s} 씨는 {v}에 살아요.',
        question: '{s} 씨는 어디에 살아요?',
        values: ['부산', '대구', '광주', '인천', '수원', '제주'],
      },
      {
        criteria: '{s} 직업',
        statement: '{s} 씨의 직업은 {v}예요.',
        question: '{s} 씨의 직업은 뭐예요?',
        values: ['의사', '교사', '요리사', '변호사', '기자', '화가'],
      },
    ],
    chatter: [
      { topic: '날씨', statement: '오늘 날씨가 참 좋네요.' },
      { topic: '커피', statement: '커피 한 잔 더 마실래요.' },
      { topic: '축구', statement: '어제 축구 봤어요?' },
    ],
  },
  {
    language: 'ar',
    subjects: ['سليم', 'هدى', 'كريم', 'نادية', 'طارق', 'ليلى'],
    relations: [
      {
        criteria: '{s} في مدينة',
        statement: '{s} يسكن في مدينة {v}.',
        question: 'أين يسكن {s}؟',
        values: ['حلب', 'تونس', 'الرباط', 'عمان', 'مسقط', 'صنعاء'],
      },
      {
        criteria: 'مهنة {s}',
        statement: 'مهنة {s} هي {v}.',
        question: 'ما هي مهنة {s}؟',
        values: ['طبيب', 'معلم', 'نجار', 'محام', 'طباخ', 'سائق'],
      },
    ],
    chatter: [
      { topic: 'الطقس', statement: 'الطقس جميل اليوم.' },
      { topic: 'القهوة', statement: 'أريد فنجان القهوة الآن.' },
      { topic: 'المباراة', statement: 'هل شاهدت المباراة أمس؟' },
    ],
  },
  {
    language: 'hi',
    subjects: ['अर्जुन', 'मीरा', 'रोहित', 'सुनीता', 'विकास', 'अनीता'],
    relations: [
      {
        criteria: '{s} का घर',
        statement: '{s} का घर {v} में है।',
        question: '{s} का घर कहाँ है?',
        values: ['पटना', 'जयपुर', 'नागपुर', 'दिल्ली', 'मुंबई', 'इंदौर'],
      },
      {
        criteria: '{s} का काम',
        statement: '{s} का काम {v} का है।',
        question: '{s} का काम क्या है?',
        values: ['शिक्षक', 'डॉक्टर', 'दर्जी', 'रसोइया', 'वकील', 'चित्रकार'],
      },
    ],
    chatter: [
      { topic: 'मौसम', statement: 'आज मौसम बहुत अच्छा है।' },
      { topic: 'चाय', statement: 'एक कप चाय और पीते हैं।' },
      { topic: 'क्रिकेट', statement: 'क्या तुमने कल क्रिकेट देखा?' },
    ],
  },
  {
    language: 'th',
    subjects: ['สมชาย', 'มาลี', 'ประยุทธ', 'กานดา', 'วิชัย', 'ดวงใจ'],
    relations: [
      {
        criteria: '{s}อาศัยอยู่ที่',
        statement: '{s}อาศัยอยู่ที่{v}',
        question: '{s}อาศัยอยู่ที่ไหน',
        values: ['เชียงใหม่', 'ภูเก็ต', 'ขอนแก่น', 'ระยอง', 'ตรัง', 'น่าน'],
      },
      {
        criteria: 'อาชีพของ{s}',
        statement: 'อาชีพของ{s}คือ{v}',
        question: 'อาชีพของ{s}คืออะไร',
        values: ['หมอ', 'ครู', 'ทนาย', 'ช่างไม้', 'พยาบาล', 'นักบิน'],
      },
    ],
    chatter: [
      { topic: 'อากาศ', statement: 'วันนี้อากาศดีมาก' },
      { topic: 'กาแฟ', statement: 'ขอกาแฟอีกแก้ว' },
      { topic: 'ฟุตบอล', statement: 'เมื่อคืนดูฟุตบอลไหม' },
    ],
  },
];
