/** The paragraphs of a question, with the sentences that answer it marked by a word as well as by colour. */
import type { PagePicture } from '../../worker/worlds-protocol';
import { say } from '../language/language';

export function PageView({ picture }: { readonly picture: PagePicture }) {
  return (
    <>
      <p>
        <strong>{say('Question')}</strong> <span lang="en">{picture.question}</span>
      </p>
      <ul className="world-places" aria-label={say('Paragraphs')}>
        {picture.paragraphs.map(({ title, sentences }) => (
          <li key={title}>
            <strong lang="en">{title}</strong>
            <ul>
              {sentences.map(({ text, supporting }) => (
                <li key={text}>
                  {supporting ? <mark lang="en">{text}</mark> : <span lang="en">{text}</span>}
                  {supporting && <span className="world-mark"> {say('◂ supports the answer')}</span>}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}
