/** Where things come from. */

import { say } from '../language/language';
import { Say } from '../language/say';
import { SOURCES, type Source } from '../words';
import { SourceMark } from './panel';

export function Colophon() {
  return (
    <footer className="colophon" data-lesson="colophon">
      <p>
        <Say
          text="AgeMem: {title}, {paper}. Everything here runs on this computer; nothing you see is sent anywhere."
          with={{
            title: (
              <cite lang="en">
                “Agentic Memory: Learning Unified Long-Term and Short-Term Memory Management for Large
                Language Model Agents”
              </cite>
            ),
            paper: (
              <a href="https://arxiv.org/abs/2601.01885" translate="no">
                arXiv 2601.01885
              </a>
            ),
          }}
        />
      </p>
      <ul className="legend quiet">
        {(Object.keys(SOURCES) as Source[]).map((source) => (
          <li key={source}>
            <SourceMark source={source} /> {say(SOURCES[source])}
          </li>
        ))}
      </ul>
    </footer>
  );
}
