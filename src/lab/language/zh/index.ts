/** Simplified Chinese: one file an area of the page, put together here. */
import { glossary } from './glossary';
import { group } from './group';
import { shell } from './shell';
import { training } from './training';
import { words } from './words';

export const AREAS = { glossary, group, shell, training, words };

export const zh = Object.assign({}, ...Object.values(AREAS)) as Readonly<Record<string, string>>;
