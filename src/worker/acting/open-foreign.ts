/** A model opened with a library of its own, which is loaded when the first such model is opened. */
import type { OpenPolicy } from '../../policies/provider';
import type { ActingSetup, ProviderName } from '../models-protocol';
import { drawOf, ForeignActor } from './foreign-actor';
import type { OpeningControl } from './open-engine';
import type { OpenableModel } from './openable';
import { changedSetup, MOST_CONTEXT, type SetupChoices, standardSetup } from './setup';

export type ForeignProvider = Exclude<ProviderName, 'engine'>;

/** How each provider opens a model. */
export type ForeignProviders = Readonly<Record<ForeignProvider, () => Promise<OpenPolicy>>>;

/** @throws LabRefusal `setup`; what the provider throws. Nothing stays open then */
export async function openForeignActor(
  provider: () => Promise<OpenPolicy>,
  model: OpenableModel,
  asked: Partial<ActingSetup>,
  { signal, onProgress }: OpeningControl,
): Promise<ForeignActor> {
  onProgress('Loading the library that computes it', 0, 0);
  const open = await provider();
  signal.throwIfAborted();
  const thinking = await knowsThinking(model, signal);
  const guess: SetupChoices = { thinking, bases: [], maxContextTokens: MOST_CONTEXT };
  const wanted = { ...standardSetup(guess), ...asked };
  const { name, files, fileNames, can } = model;
  const opened = await open({ name, files, fileNames, draw: drawOf(wanted), signal, onProgress });
  try {
    // Its window is known once it is open.
    const choices = { ...guess, maxContextTokens: Math.min(MOST_CONTEXT, opened.facts.window) };
    const usual = standardSetup(choices);
    const setup = changedSetup(usual, asked, choices, can);
    opened.redraw(drawOf(setup));
    return new ForeignActor(model, opened, choices, setup);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Files in which a model keeps its chat template. */
const TEMPLATES = ['chat_template.jinja', 'tokenizer_config.json'];

/** Whether its template has a switch for thinking, as the engine's reader looks for it (`ChatTemplate`). */
async function knowsThinking({ files, fileNames }: OpenableModel, signal: AbortSignal): Promise<boolean> {
  for (const name of TEMPLATES.filter((one) => fileNames.includes(one))) {
    const bytes = await files.read(name, 0, (await files.size(name, signal)) ?? 0, signal);
    if (/\benable_thinking\b/.test(new TextDecoder().decode(bytes))) return true;
  }
  return false;
}
