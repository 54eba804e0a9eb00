/** Simplified Chinese: one file an area of the page, put together here. */
import { ablation } from './ablation';
import { baselines } from './baselines';
import { charts } from './charts';
import { episode } from './episode';
import { glossary } from './glossary';
import { group } from './group';
import { home } from './home';
import { inside } from './inside';
import { judge } from './judge';
import { lessonTexts } from './lesson-texts';
import { lessons } from './lessons';
import { memory } from './memory';
import { memoryKeeping } from './memory-keeping';
import { memoryTold } from './memory-told';
import { models } from './models';
import { own } from './own';
import { rewards } from './rewards';
import { runs } from './runs';
import { shell } from './shell';
import { state } from './state';
import { table } from './table';
import { tablePlayed } from './table-played';
import { training } from './training';
import { whatIf } from './what-if';
import { words } from './words';
import { worlds } from './worlds';

export const AREAS = {
  ablation,
  baselines,
  charts,
  episode,
  glossary,
  group,
  home,
  inside,
  judge,
  lessonTexts,
  lessons,
  runs,
  own,
  memory,
  memoryKeeping,
  memoryTold,
  models,
  rewards,
  shell,
  state,
  table,
  tablePlayed,
  training,
  whatIf,
  words,
  worlds,
};

export const zh = Object.assign({}, ...Object.values(AREAS)) as Readonly<Record<string, string>>;
