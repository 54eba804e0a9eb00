/** Where things come from. */
import { SOURCES, type Source } from '../words';
import { SourceMark } from './panel';

export function Colophon() {
  return (
    <footer className="colophon" data-lesson="colophon">
      <p>
        AgeMem: “Agentic Memory: Learning Unified Long-Term and Short-Term Memory Management for Large
        Language Model Agents”, <a href="https://arxiv.org/abs/2601.01885">arXiv 2601.01885</a>. Everything
        here runs on this computer; nothing you see is sent anywhere.
      </p>
      <ul className="legend quiet">
        {(Object.keys(SOURCES) as Source[]).map((source) => (
          <li key={source}>
            <SourceMark source={source} /> {SOURCES[source]}
          </li>
        ))}
      </ul>
    </footer>
  );
}
