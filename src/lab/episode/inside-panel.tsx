/**
 * What the policy attended to when it chose a token, what it weighed, and what a pass costs on this device.
 * Nothing is computed until a button asks; what is shown says for which token and layer it holds.
 */
import { memo, useState } from 'react';
import type {
  Args,
  InsideToken,
  MeasuredPass,
  Ready,
  SeenIntermediate,
  StepAddress,
} from '../../worker/protocol';
import { HomeFacts } from '../home/home-view';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Choice } from '../shell/fields';
import { Empty, Panel } from '../shell/panel';
import { decodingWords } from '../state/worker-words';
import type { FrameView } from './frame-view';
import { InsideTokenView } from './inside-token';
import { IntermediateChoice } from './intermediate-choice';
import { KernelTable } from './kernel-table';
import { mostOpen } from './token-strip';
import { visible } from './visible-text';

const STATES: Readonly<Record<Ready['backend']['fastPaths'][number]['state'], Phrase>> = {
  on: phrase('on§a faster way'),
  off: phrase('off§a faster way'),
  refused: phrase('refused§a faster way'),
};

interface InsidePanelProps {
  readonly view: FrameView | null;
  readonly episodeId: string | null;
  readonly ready: Ready | null;
  /** The policy is busy, or not there yet. */
  readonly blocked: boolean;
  readonly onLook: (place: Args<'lookInside'>) => Promise<InsideToken | undefined>;
  readonly onCapture: (place: Args<'captureIntermediate'>) => Promise<SeenIntermediate | undefined>;
  readonly onMeasure: (step: StepAddress) => Promise<MeasuredPass | undefined>;
}

/** Made anew for every moment: what was seen of one is not shown with another. */
export const InsidePanel = memo(function InsidePanel(props: InsidePanelProps) {
  useLanguage();
  const { view, episodeId, ready } = props;
  const written = view?.completion && view.completion.tokens.length > 0 ? view.completion : null;
  return (
    <Panel
      title={say('Inside')}
      className="inside"
      part="inside"
      note={say(
        'What the policy attended to when it chose a token, computed anew with the adapter as it is now; and what a pass costs here.',
      )}
    >
      {ready && ready.model.provider !== 'engine' ? (
        <NeedsEngine model={ready.model.name} />
      ) : written && episodeId !== null && ready?.model.layers ? (
        <Looks
          {...props}
          tokens={written.tokens.map(({ text }) => text)}
          first={mostOpen(written.tokens)}
          step={{ episodeId, step: written.step }}
          layers={ready.model.layers}
        />
      ) : (
        <Empty>{say('Choose a moment in which the policy acted.')}</Empty>
      )}
      {ready && <Ways ready={ready} />}
    </Panel>
  );
});

interface LooksProps extends InsidePanelProps {
  readonly tokens: readonly string[];
  /** The token to begin with. */
  readonly first: number;
  readonly step: StepAddress;
  readonly layers: number;
}

function Looks({ tokens, first, step, layers, blocked, onLook, onCapture, onMeasure }: LooksProps) {
  const [token, chooseToken] = useState(first);
  const [layer, chooseLayer] = useState(layers - 1);
  const [seen, see] = useState<{ readonly token: number; readonly look: InsideToken } | null>(null);
  const [pass, showPass] = useState<MeasuredPass | null>(null);
  const look = async () => {
    const found = await onLook({ ...step, token, layer });
    if (found) see({ token, look: found });
  };
  const measure = async () => {
    const measured = await onMeasure(step);
    if (measured) showPass(measured);
  };
  return (
    <>
      <div className="inside-choice">
        <Choice
          label={say('Token it wrote')}
          value={String(token)}
          values={tokens.map((_, index) => String(index))}
          words={Object.fromEntries(tokens.map((text, index) => [index, `${index + 1}: ${visible(text)}`]))}
          onChange={(value) => chooseToken(Number(value))}
        />
        <Choice
          label={say('Layer')}
          value={String(layer)}
          values={Array.from({ length: layers }, (_, index) => String(index))}
          words={Object.fromEntries(
            Array.from({ length: layers }, (_, index) => [
              index,
              say('{n} of {all}', { n: index + 1, all: layers }),
            ]),
          )}
          onChange={(value) => chooseLayer(Number(value))}
        />
        <button type="button" disabled={blocked} onClick={() => void look()}>
          {say('Look inside')}
        </button>
        <button type="button" disabled={blocked} onClick={() => void measure()}>
          {say('Measure kernels')}
        </button>
      </div>
      {seen && (
        <>
          <InsideTokenView look={seen.look} at={seen.token} total={tokens.length} />
          <IntermediateChoice
            key={`${seen.token} ${seen.look.layer}`}
            intermediates={seen.look.intermediates}
            blocked={blocked}
            onShow={(name) => onCapture({ ...step, token: seen.token, name })}
          />
        </>
      )}
      {pass && <KernelTable pass={pass} />}
    </>
  );
}

function NeedsEngine({ model }: { readonly model: string }) {
  return (
    <Empty>
      <Say
        text="{model} is computed by another library, which shows nothing of its inside. Open a model with the engine to look into it."
        with={{ model: <span translate="no">{model}</span> }}
      />
    </Empty>
  );
}

/** How it is done here: facts of device, browser and host, not of the token. */
function Ways({ ready }: { readonly ready: Ready }) {
  const { backend, model } = ready;
  const paths = backend.fastPaths;
  return (
    <details className="ways">
      <summary>{say('How it computes here')}</summary>
      <p>
        <Say
          text="{device}. Tokens are decoded {way}."
          with={{
            device: <span lang="en">{model.device ?? backend.device}</span>,
            way: decodingWords(model.decoding) ?? <span lang="en">{model.decoding}</span>,
          }}
        />
      </p>
      {paths.length > 0 && (
        <ul aria-label={say('Faster ways')}>
          {paths.map(({ name, state, why }) => (
            <li key={name}>
              <code>{name}</code>{' '}
              <Say
                text="{state}: {why}"
                with={{ state: <strong>{say(STATES[state])}</strong>, why: <span lang="en">{why}</span> }}
              />
            </li>
          ))}
        </ul>
      )}
      <HomeFacts />
    </details>
  );
}
