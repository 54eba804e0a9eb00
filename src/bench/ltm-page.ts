/** The page of `npm run bench -- ltm`: the request is in its address, lines and the end go to functions on `window`. */
import { type LtmLine, type LtmRequest, ltm } from './ltm';

declare global {
  interface Window {
    /** Given by the command, as are those below. */
    ltmLine?: (line: LtmLine) => Promise<void>;
    ltmEnd?: (problem: string) => Promise<void>;
  }
}

const request = JSON.parse(new URLSearchParams(location.search).get('request') ?? '') as LtmRequest;
const lines: (Promise<void> | undefined)[] = [];
const problem = await ltm(request, (line) => lines.push(window.ltmLine?.(line))).then(
  () => '',
  (error: unknown) => String(error),
);
await Promise.all(lines);
await window.ltmEnd?.(problem);
