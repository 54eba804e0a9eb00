/** The paragraphs of a question, with the sentences that answer it, and those that were corrected, marked in words too. */
import type { PagePicture, PageSentence } from '../../worker/worlds-protocol';
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
              {sentences.map((sentence) => (
                <li key={sentence.text}>
                  <SentenceText sentence={sentence} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}

function SentenceText({ sentence: { text, standing } }: { readonly sentence: PageSentence }) {
  switch (standing) {
    case 'supporting':
      return (
        <>
          <mark lang="en">{text}</mark> <span className="world-mark">{say('◂ supports the answer')}</span>
        </>
      );
    case 'superseded':
      return (
        <>
          <del lang="en">{text}</del> <span className="world-mark">{say('◂ corrected later')}</span>
        </>
      );
    case 'other':
      return <span lang="en">{text}</span>;
  }
}
