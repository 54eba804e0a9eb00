/** Names of models on the hub, `owner/name`, as people write them: bare, or as the address of their page. */
import { UnknownModelError } from './errors';

const PART = /^(?!\.+$)[\w.-]{1,96}$/;
/** As Git allows them, and none that would step out of its place in an address. */
const REVISION = /^(?!.*\.\.)[\w-][\w./-]{0,199}$/;
const HUB_PAGE = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/(.+)$/i;

export interface HubName {
  readonly name: string;
  /** A branch or commit, where the address has one. */
  readonly revision: string | null;
}

/** @throws UnknownModelError for what cannot be the name of a model */
export function readHubName(text: string): HubName {
  const trimmed = text.trim();
  const path = (HUB_PAGE.exec(trimmed)?.[1] ?? trimmed).replace(/[?#].*$/, '').replace(/\/+$/, '');
  const [owner = '', name = '', kind, revision] = path.split('/');
  const page = kind === 'tree' || kind === 'blob' || kind === 'resolve' || kind === 'commit';
  const fits = PART.test(owner) && PART.test(name) && (kind === undefined || page);
  if (!fits || owner === 'datasets' || owner === 'spaces') {
    throw new UnknownModelError(
      'model-name',
      `${JSON.stringify(trimmed.slice(0, 120))} is not the name of a model on the hub.`,
      'Write it as its page does: the owner, a slash, the name; such as Qwen/Qwen3-0.6B.',
    );
  }
  return { name: `${owner}/${name}`, revision: page && revision ? readRevision(revision) : null };
}

/** A branch, a tag or a commit, which becomes a part of an address. */
function readRevision(encoded: string): string {
  let revision = '';
  try {
    revision = decodeURIComponent(encoded);
  } catch {
    // Half of an escape; said below.
  }
  if (REVISION.test(revision)) return revision;
  throw new UnknownModelError(
    'revision-name',
    `${JSON.stringify(encoded.slice(0, 120))} is not the name of a revision.`,
    'Copy the address from the page of the model, or leave everything after its name out.',
  );
}
