/**
 * Ordinary words for the inventories. They make tasks readable; the generated words beside them
 * (inventory.ts) make the policy read and copy instead of remembering. No word of these lists may
 * stand literally in a sentence pattern, or a word of the `unseen-names` split would occur in
 * training text; a test checks it. Jobs and objects begin with a consonant sound, so that "a" fits.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const FIRST_NAMES = words(`
  Mira Anna Ben Clara David Emma Felix Greta Hugo Iris Jonas Karin Leo Maria Nora Oscar Paula Quinn
  Rosa Simon Tara Umar Vera Walter Xenia Yusuf Zoe Aisha Boris Carmen Dmitri Elena Farid Gina Hana
  Ivan Julia Kofi Lena Marco Nina Olga Pedro Rita Sofia Theo Ursula Victor Wanda Yara Amir Bianca
  Chen Dora Erik Fatima George Helen Ines Jakob Kim Lucas Mei Noah Priya Ravi Sara Tomas Viola`);

export const TOWNS = words(`
  Oslo Bergen Rome Paris Lisbon Madrid Vienna Berlin Prague Dublin Athens Cairo Lima Quito Tokyo Seoul
  Delhi Mumbai Nairobi Accra Lagos Boston Denver Dallas Toronto Havana Geneva Zurich Basel Munich
  Hamburg Krakow Warsaw Riga Tallinn Helsinki Turin Milan Naples Seville Porto Lyon Ghent
  Bruges Oxford Leeds Bristol Cardiff Perth Sydney`);

export const JOBS = words(`
  baker teacher nurse painter driver farmer writer singer dancer lawyer banker builder carpenter
  plumber gardener librarian pilot sailor tailor waiter doctor dentist chemist florist potter
  miner fisher hunter joiner butcher barber clerk judge guide coach porter printer
  violinist drummer translator journalist photographer mechanic surgeon`);

export const FOODS = words(`
  tea coffee cocoa soup bread cheese honey rice pasta pizza salad curry fish chicken lentils
  beans mushrooms noodles pancakes waffles porridge yoghurt butter jam plums pears apples grapes
  cherries melons lemons peaches walnuts almonds olives garlic spinach carrots pumpkin sushi
  tofu muffins cookies chocolate liquorice marzipan`);

export const OBJECTS = words(`
  kayak bicycle piano guitar violin telescope camera tent sofa mirror lamp teapot kettle clock
  watch hammer drill ladder wagon tractor scooter boat sailboat canoe surfboard skateboard
  parrot rabbit hamster horse pony goat donkey cat dog hen goose tortoise drum flute trumpet harp
  typewriter globe chessboard greenhouse hammock`);

export const COLOURS = words(`
  red blue green yellow white black brown grey pink purple silver golden crimson turquoise violet
  scarlet beige teal copper bronze ivory maroon cyan navy`);

export const ROOMS = words(`
  kitchen cellar attic garage bathroom bedroom study library pantry nursery lounge hallway
  workshop laundry balcony conservatory office parlour playroom loft basement shed porch dairy`);

export const MONTHS = words(
  'January February March April May June July August September October November December',
);

/** Things to put things in. */
export const RECEPTACLES = words(`
  cabinet drawer shelf cupboard chest crate basket trunk locker wardrobe dresser rack sideboard hamper
  bookcase tray bin bureau caddy coffer casket hutch bucket barrel satchel pouch jar tub`);
