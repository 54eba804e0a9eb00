/**
 * How a sentence begins: with a title, with words that only announce, with a correction, or with a frame that puts it
 * elsewhere ("In a novel, …"). English, by rule; knows no task and no name.
 */

export interface Lead {
  /** The sentence without its lead, or all of it. */
  readonly body: string;
  /** The lead says that something said before was wrong or is over. */
  readonly corrects: boolean;
  /** Where what is said holds, with its mark, e.g. "In a novel,"; null: here. */
  readonly frame: string | null;
}

/** Mistakes and changes of mind. */
const CORRECTING =
  /\b(correct\w*|wrong|mistak\w*|mixed|confus\w*|chang\w*|actually|again|update\w*|sorry|rather|no|erratum|revis\w*)\b/i;
/** Only announce. */
const ANNOUNCING =
  /^(note|remember|reminder|by the way|for the record|one thing|fyi|also|well|so|look|listen|please|ok|okay|yes|oh|remember this|for your information)$/i;
/** Puts what follows into a story, another place, another's mouth. */
const ELSEWHERE =
  /^(in|on|at|where|next|somewhere|elsewhere|from|according|over|back|once)\b|\b(said|says|told|tells|writes|wrote|claims|claimed|heard|reads?)\b/i;
/** A place in time is no other world. */
const OF_TIME =
  /^(in|on|at|since|from|by)\s+(\d|now|today|the (morning|evening|end|meantime)|this|monday|january)/i;

const LEAD = /^([^:,;]{1,60})([:,])\s+(\S.*)$/su;
/** "I was wrong about it: …" may stand before "Correction: …"; more than this is no lead. */
const MOST_LEADS = 3;

export function withoutLead(sentence: string): Lead {
  let body = sentence.trim();
  let corrects = false;
  let frame: string | null = null;
  for (let i = 0; i < MOST_LEADS; i++) {
    const match = LEAD.exec(body);
    if (!match) break;
    const [, lead, mark, rest] = match;
    const kind = kindOf(lead.trim(), mark, rest);
    if (kind === 'part') break;
    if (kind === 'correction') corrects = true;
    if (kind === 'frame') frame ??= `${lead.trim()}${mark}`;
    body = rest;
  }
  return { body, corrects, frame };
}

type LeadKind = 'title' | 'announcement' | 'correction' | 'frame' | 'part';

function kindOf(lead: string, mark: string, rest: string): LeadKind {
  if (ANNOUNCING.test(lead)) return 'announcement';
  if (mark === ':') {
    if (rest.toLowerCase().includes(lead.toLowerCase())) return 'title';
    if (CORRECTING.test(lead)) return 'correction';
    return ELSEWHERE.test(lead) ? 'frame' : 'title';
  }
  if (/^(no|sorry|actually|correction|i (was|am|have been) \w+|i (mixed|got) .*|my mistake)$/i.test(lead)) {
    return 'correction';
  }
  const apart = /^(in|on|at|where|next|somewhere|elsewhere|according)\b/i.test(lead) && !OF_TIME.test(lead);
  return apart ? 'frame' : 'part';
}

/** Ends at ".", "!" or "?" before white space; "3.5" and "e.g." in the middle of a line stay whole. */
export function sentencesOf(message: string): readonly string[] {
  return message
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\p{N}"“])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
