/**
 * Parts of the page whose script comes late, so that a visit loads only what it looks at. While the script is on its way
 * the page says so; where it does not come (the network is gone, or the site was published anew meanwhile), it says that
 * too, and the script can be asked for again. Chromium then fetches it anew; a browser that keeps the failure for as long as
 * the page lives, as HTML's module map allows, needs the reload that is offered beside.
 */
import {
  type ComponentType,
  createElement,
  type ReactNode,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Phrase, phrase, say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from './notices';
import { Panel, type PanelProps } from './panel';

/** What there is of a late script. */
type Coming<Props> =
  | { readonly kind: 'coming' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'here'; readonly View: ComponentType<Props> };

/** One script: fetched once, however many ask for it, and again only where it did not come. */
class LateScript<Props> {
  private coming: Coming<Props> = { kind: 'coming' };
  private asked = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly load: () => Promise<{ readonly default: ComponentType<Props> }>) {}

  readonly state = (): Coming<Props> => this.coming;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly ask = (): void => {
    if (this.asked) return;
    this.asked = true;
    this.become({ kind: 'coming' });
    this.load().then(
      ({ default: View }) => this.become({ kind: 'here', View }),
      () => {
        this.asked = false;
        this.become({ kind: 'failed' });
      },
    );
  };

  private become(next: Coming<Props>): void {
    this.coming = next;
    for (const listener of this.listeners) listener();
  }
}

interface LateWords {
  /** What could not be loaded. Default: this part. */
  readonly what?: Phrase;
  /** Said while it is on its way. Default: that something is loading. */
  readonly coming?: Phrase;
}

/**
 * The component that a script exports as its default. The script is asked for when it is first drawn, and when it is drawn
 * anew after it did not come.
 *
 * @param load an `import(…)` with the path written out, which the build cuts the script off at
 */
export function lateView<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
  { what = phrase('This part'), coming = phrase('Loading …') }: LateWords = {},
): ComponentType<Props> {
  const script = new LateScript(load);
  return function LateView(props: Props) {
    useLanguage();
    const found = useSyncExternalStore(script.subscribe, script.state, script.state);
    useEffect(() => script.ask(), []);
    switch (found.kind) {
      case 'here':
        return createElement(found.View, props);
      case 'failed':
        return <NotLoaded what={say(what)} onAgain={script.ask} />;
      case 'coming':
        return <p className="empty">{say(coming)}</p>;
    }
  };
}

interface LatePanelProps extends PanelProps {
  /** What its button says. */
  readonly door: string;
  /** It cannot be opened yet. */
  readonly closed?: boolean;
  /** A link, a lesson or a setting asks for what is inside. */
  readonly wanted?: boolean;
  /** The late view: drawn once the panel is open. */
  readonly children: ReactNode;
}

/** A panel with a door: what is inside is asked for when it is opened, and stays. */
export function LatePanel({ door, closed = false, wanted = false, children, ...panel }: LatePanelProps) {
  const [opened, open] = useState(wanted);
  if (wanted && !opened) open(true);
  return (
    <Panel {...panel}>
      {opened ? (
        children
      ) : (
        <button type="button" disabled={closed} onClick={() => open(true)}>
          {door}
        </button>
      )}
    </Panel>
  );
}
