/**
 * What a world looks like at a moment, as plain data that the page can draw without knowing the world's rules: a
 * grid seen from above, rooms with what stands in them, a plan with the goals that hold, a page of texts. An
 * environment gives the picture of the moment; the page draws one for each step of an episode.
 */

/** Names a colour that the page gives a tone and a word; never shown by tone alone. */
export type PictureColour = 'red' | 'green' | 'blue' | 'purple' | 'yellow' | 'grey';

/** BabyAI: cells of a grid, the agent in it, and what it sees. */
export interface GridPicture {
  readonly kind: 'grid';
  readonly width: number;
  readonly height: number;
  /** Everything that is not empty floor. */
  readonly cells: readonly {
    readonly x: number;
    readonly y: number;
    readonly what: 'wall' | 'door' | 'key' | 'ball' | 'box' | 'goal' | 'lava';
    readonly colour: PictureColour;
    /** Of doors. */
    readonly state?: 'open' | 'closed' | 'locked';
  }[];
  /** `facing`: 0 right, 1 down, 2 left, 3 up. */
  readonly agent: { readonly x: number; readonly y: number; readonly facing: 0 | 1 | 2 | 3 };
  /** In words, e.g. "a red key"; null: nothing. */
  readonly carrying: string | null;
  /** `[height][width]`: what the agent sees now. */
  readonly seen: readonly (readonly boolean[])[];
  readonly goal: string;
}

/** ALFWorld, ScienceWorld, the rooms family: places and what is there. */
export interface RoomsPicture {
  readonly kind: 'rooms';
  readonly places: readonly {
    readonly name: string;
    /** The agent is here. */
    readonly here: boolean;
    /** In words, e.g. "closed", "heated to 340 °C"; empty: nothing to say. */
    readonly state: string;
    /** What is in or on it, each with its state in words (empty: none). */
    readonly things: readonly { readonly name: string; readonly state: string }[];
  }[];
  /** Ways between places, by their names. */
  readonly ways: readonly { readonly from: string; readonly to: string; readonly open: boolean }[];
  readonly holding: readonly string[];
  readonly goals: readonly PictureGoal[];
}

/** PDDL: what holds, and which parts of the goal do. */
export interface PlanPicture {
  readonly kind: 'plan';
  /** Of a world of blocks: how they stand. */
  readonly blocks?: {
    /** The heaps on the table, each from below. */
    readonly heaps: readonly (readonly string[])[];
    /** In the hand. */
    readonly held: readonly string[];
  };
  /** True atoms, grouped for reading, e.g. by the object they are about. */
  readonly groups: readonly { readonly title: string; readonly facts: readonly string[] }[];
  readonly goals: readonly PictureGoal[];
  /** Actions taken so far, as the agent wrote them; false: had no effect. */
  readonly taken: readonly { readonly action: string; readonly valid: boolean }[];
}

/** HotpotQA and other questions: the texts there were, and the ones that hold the answer. */
export interface PagePicture {
  readonly kind: 'page';
  readonly question: string;
  readonly paragraphs: readonly {
    readonly title: string;
    readonly sentences: readonly PageSentence[];
  }[];
}

/** `supporting`: the answer rests on it. `superseded`: a later sentence of the page corrects it. */
export interface PageSentence {
  readonly text: string;
  readonly standing: 'supporting' | 'superseded' | 'other';
}

export interface PictureGoal {
  readonly text: string;
  readonly holds: boolean;
}

export type WorldPicture = GridPicture | RoomsPicture | PlanPicture | PagePicture;
