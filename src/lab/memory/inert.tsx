/** Text of entries: whoever wrote it, it is text, and it cannot turn or hide the text around it. */
import { cutWords, displayText } from './display-text';

/** For an option of a list, which isolates its text by itself and can hold nothing else. */
export function optionText(text: string, most = 60): string {
  return displayText(text, most).text.slice(1, -1);
}

/** @param most characters shown at most; what is cut off is counted */
export function Inert({ text, most = 20_000 }: { readonly text: string; readonly most?: number }) {
  const shown = displayText(text, most);
  return (
    // In whatever language it was written, and as it was written.
    <bdi className="inert" lang="" translate="no">
      {shown.text}
      {shown.cut > 0 && <span className="quiet"> {cutWords(shown)}</span>}
    </bdi>
  );
}
