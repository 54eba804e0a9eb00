/**
 * The embedders of a lab, by id: letters (always there), the policy's hidden states, sentence encoders. A memory names
 * the one it was written with; whoever opens it asks here. Nothing is fetched from another host but for an encoder
 * that the user has just asked for (`mayAsk`).
 */
import { calibrated } from '../memory/embedders/calibration';
import {
  type EncoderFiles,
  hubFiles,
  pickedFiles,
  siteFiles,
} from '../memory/embedders/encoder/encoder-files';
import { forgetEncoder, type KeptEncoder, keptEncoders } from '../memory/embedders/encoder/encoder-store';
import { KNOWN_ENCODERS, type KnownEncoder } from '../memory/embedders/encoder/known-encoders';
import { openEncoder } from '../memory/embedders/encoder/open-encoder';
import { TransformersEmbedder } from '../memory/embedders/encoder/transformers-embedder';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { EmbedderUnavailableError } from '../memory/errors';
import type { Embedder } from '../memory/memory';
import type { TellForeign } from '../network/foreign-hosts';
import { HiddenStateEmbedder, type HiddenStateModel, hiddenStateId } from '../policies/hidden-state-embedder';
import type { EmbedderFacts } from './memory-protocol';

const ENCODER_PREFIX = 'transformers-';
const POLICY_PREFIX = 'policy-';

/** Whether this is the embedder of an encoder of this name, whatever its weights, or the choice of it by name. */
function isOf(id: string, name: string): boolean {
  const prefix = `${ENCODER_PREFIX}${name}`;
  return id === prefix || (id.startsWith(prefix) && /^-(q8|fp32)-[0-9a-f]{8}$/.test(id.slice(prefix.length)));
}

export interface EmbedderSources {
  /** The policy at play; null while there is none. */
  readonly policy: () => HiddenStateModel | null;
  /** Where a site that brings encoders along has them: `<site>/encoders/<name>/`. Null: it has none. */
  readonly site: URL | null;
  /** Why this lab has no encoders, as a sentence; none is opened or asked for then. Left out: it has. */
  readonly noEncoders?: string;
  /** Hears of each request to another host before it is made. */
  readonly tellForeign: TellForeign;
  readonly onProgress?: (embedder: string, file: string, done: number, total: number | null) => void;
}

export interface OpenControl {
  /** The user has just asked for it: the hub may be asked for files that are nowhere nearer. Default false. */
  readonly mayAsk?: boolean;
  readonly signal?: AbortSignal;
}

export class LabEmbedders {
  /** What memories are written with unless the user chooses another; of rollouts always. */
  readonly standard = new NgramEmbedder();
  readonly #opened = new Map<string, Promise<Embedder>>();
  /** Those of `#opened` that are open by now. */
  readonly #ready = new Map<string, Embedder>();
  /** Why encoders in use will have to be loaded again next time, by id. */
  readonly #notKept = new Map<string, string>();

  constructor(private readonly sources: EmbedderSources) {}

  /** All there are, for the page; opens and fetches nothing. */
  async facts(): Promise<readonly EmbedderFacts[]> {
    const kept = await keptEncoders();
    const known = KNOWN_ENCODERS.map((encoder) =>
      this.#encoderFacts(
        encoder,
        kept.find(({ name }) => name === encoder.name),
      ),
    );
    const others = kept
      .filter(({ name }) => !KNOWN_ENCODERS.some((encoder) => encoder.name === name))
      .map((copy) => this.#encoderFacts({ name: copy.name, title: copy.name, what: WHAT_OTHER }, copy));
    return [this.#standardFacts(), this.#policyFacts(), ...known, ...others];
  }

  /**
   * The embedder of this id: one of `facts`, or one that a memory was written with.
   * @throws EmbedderUnavailableError, EncoderError by name
   */
  async open(id: string, control: OpenControl = {}): Promise<Embedder> {
    if (id === this.standard.id) return this.standard;
    const opened = this.#opened.get(id) ?? this.#loadedAs(id);
    if (opened) return opened;
    const opening = id.startsWith(POLICY_PREFIX) ? this.#openPolicy(id) : this.#openEncoder(id, control);
    this.#opened.set(id, opening);
    try {
      const embedder = await opening;
      // A choice by name becomes an embedder by its weights.
      this.#opened.delete(id);
      this.#opened.set(embedder.id, opening);
      this.#ready.set(embedder.id, embedder);
      return embedder;
    } catch (error) {
      this.#opened.delete(id);
      throw error;
    }
  }

  /**
   * An encoder from files that were picked or dropped; kept, if there is room.
   * @throws EncoderError by name
   */
  async openFolder(
    name: string,
    files: ReadonlyMap<string, Blob>,
    { signal }: OpenControl = {},
  ): Promise<Embedder> {
    await forgetEncoder(name);
    const embedder = await this.#openFrom(pickedFiles(files), { name }, signal);
    this.#opened.set(embedder.id, Promise.resolve(embedder));
    this.#ready.set(embedder.id, embedder);
    return embedder;
  }

  /** Ends encoders at work, whose memory is given back. */
  async dispose(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    this.#ready.clear();
    for (const opening of opened) {
      const embedder = await opening.catch(() => undefined);
      if (embedder instanceof TransformersEmbedder) embedder.dispose();
    }
  }

  /** An encoder that was chosen by name before, under the id it has by its weights. */
  #loadedAs(choice: string): Promise<Embedder> | undefined {
    if (!choice.startsWith(ENCODER_PREFIX)) return undefined;
    const name = choice.slice(ENCODER_PREFIX.length);
    return [...this.#opened].find(([id]) => isOf(id, name))?.[1];
  }

  async #openPolicy(id: string): Promise<Embedder> {
    const model = this.sources.policy();
    if (!model)
      throw new EmbedderUnavailableError(id, 'no policy is loaded. Wait until it is, then try again.');
    if (hiddenStateId(model) !== id) {
      throw new EmbedderUnavailableError(
        id,
        'it is made of the hidden states of other weights than those at play. Embed the memory anew with another.',
      );
    }
    // English is what the policy was trained on; of other scripts it sees bytes.
    const threshold = async (embedder: Embedder) => (await calibrated(embedder, ['en'])).threshold;
    return HiddenStateEmbedder.open(model, { threshold });
  }

  async #openEncoder(id: string, { mayAsk = false, signal }: OpenControl): Promise<Embedder> {
    const copy = (await keptEncoders()).find(({ name }) => isOf(id, name));
    const known = KNOWN_ENCODERS.find(({ name }) => isOf(id, name));
    const encoder = known ?? (copy && { name: copy.name });
    if (!encoder) {
      throw new EmbedderUnavailableError(
        id,
        'this page does not know it. Choose its folder, or embed the memory anew with another.',
      );
    }
    if (this.sources.noEncoders) throw new EmbedderUnavailableError(id, this.sources.noEncoders);
    const source = await this.#sourceOf(encoder.name, mayAsk);
    if (!source && !copy) {
      throw new EmbedderUnavailableError(
        id,
        'its files are not in this browser. Choose it on the memory page to load them.',
      );
    }
    const embedder = await this.#openFrom(source, encoder, signal);
    const asked = id === embedder.id || id === `${ENCODER_PREFIX}${encoder.name}`;
    if (asked) return embedder;
    embedder.dispose();
    throw new EmbedderUnavailableError(
      id,
      `the files there are make another one (${embedder.id}). Embed the memory anew with that.`,
    );
  }

  /** The site's own folder if it has one, else the hub if it may be asked. */
  async #sourceOf(name: string, mayAsk: boolean): Promise<EncoderFiles | null> {
    if (this.sources.site) {
      const own = siteFiles(new URL(`encoders/${name}`, this.sources.site));
      if (await own.read('config.json').catch(() => null)) return own;
    }
    return mayAsk ? hubFiles(name, this.sources.tellForeign) : null;
  }

  async #openFrom(
    source: EncoderFiles | null,
    { name, languages }: Pick<KnownEncoder, 'name' | 'languages'>,
    signal?: AbortSignal,
  ): Promise<TransformersEmbedder> {
    const { embedder, kept } = await openEncoder(source, {
      name,
      languages,
      signal,
      onProgress: (file, done, total) =>
        this.sources.onProgress?.(`${ENCODER_PREFIX}${name}`, file, done, total),
    });
    if (kept === true) this.#notKept.delete(embedder.id);
    else this.#notKept.set(embedder.id, kept);
    return embedder;
  }

  #standardFacts(): EmbedderFacts {
    const { id, dimension, threshold } = this.standard;
    return {
      id,
      title: 'Spelling',
      dimension,
      theta: threshold,
      what: 'Words and pieces of words, in any language; no meanings. Works offline from the first second.',
      state: 'ready',
      reason: '',
    };
  }

  #policyFacts(): EmbedderFacts {
    const model = this.sources.policy();
    const id = model ? hiddenStateId(model) : POLICY_PREFIX;
    return {
      id,
      title: 'The policy’s hidden states',
      dimension: model?.hiddenSize ?? 0,
      theta: this.#ready.get(id)?.threshold ?? null,
      what: 'How the policy itself reads a text, in English. To look at; it finds less than spelling does.',
      state: model ? 'ready' : 'unavailable',
      reason: model ? '' : 'No policy is loaded yet.',
    };
  }

  #encoderFacts(
    encoder: Pick<KnownEncoder, 'name' | 'title' | 'what'> & Partial<KnownEncoder>,
    copy: KeptEncoder | undefined,
  ): EmbedderFacts {
    const { name, title, what } = encoder;
    const prefix = `${ENCODER_PREFIX}${name}`;
    const used = [...this.#ready.values()].find((embedder) => isOf(embedder.id, name));
    const there = used ?? copy;
    const dimension = there?.dimension ?? encoder.dimension ?? 0;
    const theta = used?.threshold ?? copy?.theta ?? null;
    const id = there?.id ?? prefix;
    const { noEncoders } = this.sources;
    if (noEncoders) return { id, title, dimension, theta, what, state: 'unavailable', reason: noEncoders };
    if (there) {
      const reason = this.#notKept.get(id) ?? '';
      return { id, title, dimension, theta, what, state: 'ready', reason };
    }
    const reason = `About ${encoder.megabytes} MB are loaded once, from this site if it has them, else from huggingface.co.`;
    return { id, title, dimension, theta, what, state: 'must be loaded', reason };
  }
}

const WHAT_OTHER = 'A sentence encoder of your own.';
