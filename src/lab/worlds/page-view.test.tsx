/** The page of a question: what was corrected does not stand as support, in both languages. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import type { PagePicture } from '../../worker/worlds-protocol';
import { speak } from '../language/language';
import { PageView } from './page-view';

const picture: PagePicture = {
  kind: 'page',
  question: 'Where is the kite of Ina shown?',
  paragraphs: [
    {
      title: 'Kite',
      sentences: [
        { text: 'Kite is shown in Elm.', standing: 'superseded' },
        { text: 'Kite is shown in Oak.', standing: 'supporting' },
        { text: 'It is often asked for.', standing: 'other' },
      ],
    },
  ],
};
const shown = () => renderToStaticMarkup(<PageView picture={picture} />);

afterEach(() => speak('en'));

test('a sentence that was corrected is struck through and says so, the one that holds supports the answer', async () => {
  expect(shown()).toContain(
    '<del lang="en">Kite is shown in Elm.</del> <span class="world-mark">◂ corrected later</span>',
  );
  expect(shown()).toContain(
    '<mark lang="en">Kite is shown in Oak.</mark> <span class="world-mark">◂ supports the answer</span>',
  );
  expect(shown().match(/class="world-mark"/g)).toHaveLength(2);
  await speak('zh');
  expect(shown()).toContain('<span class="world-mark">◂ 后来被更正</span>');
});
