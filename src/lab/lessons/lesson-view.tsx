/** One lesson: its steps one at a time, then its question, judged by what is on the page. */
import { useEffect, useRef, useState } from 'react';
import { phrase, say } from '../language/language';
import { findPart, PARTS, type PartName } from '../shell/parts';
import type { LabState } from '../state/lab-state';
import { FormulaView } from './formula';
import { fits, type Lesson, type Setup, type Step } from './lesson';
import { Words } from './words-view';

interface LessonViewProps {
  readonly lesson: Lesson;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Step on view, from 0; the question comes after the last. */
  readonly at: number;
  readonly passedBefore: boolean;
  readonly state: LabState;
  /** The policy is busy: nothing can be set up now. */
  readonly blocked: boolean;
  readonly onStep: (step: number) => void;
  readonly onPassed: () => void;
  readonly onSet: (setup: Setup) => void;
  /** Brings back a part that the address hides. */
  readonly onShow: (part: PartName) => void;
  /** Null after the last lesson. */
  readonly onNext: (() => void) | null;
}

export function LessonView(props: LessonViewProps) {
  const { lesson, number, of, at, state, onStep } = props;
  const { steps, question } = lesson;
  const asked = at >= steps.length;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const part = (asked ? question : steps[at]).at ?? null;
  useScrollTo(part !== null && state.address.hide.includes(part) ? null : part, at, useSettled(state));
  // The first step alone tells the lab's state: later ones may have changed it, and the reader too.
  const begins = at === 0 && !fits(state.address, lesson.begin);
  return (
    <>
      <p className="quiet">{say('Lesson {number} of {of}', { number, of })}</p>
      <h2 ref={heading} tabIndex={-1}>
        {say(lesson.title)}
      </h2>
      <progress
        className="lesson-progress"
        aria-label={say('Steps of the lesson')}
        value={at}
        max={steps.length}
      />
      <div className="lesson-step">
        {begins && (
          <SetUp {...props} set={{ label: phrase('Set the lab up for this lesson'), to: lesson.begin }} />
        )}
        {asked ? <QuestionView {...props} /> : <StepView {...props} step={steps[at]} />}
      </div>
      <div className="lesson-moves">
        <button type="button" disabled={at === 0} onClick={() => onStep(at - 1)}>
          {say('Previous step')}
        </button>
        {!asked && (
          <button type="button" className="primary" onClick={() => onStep(at + 1)}>
            {at === steps.length - 1 ? say('To the question') : say('Next step')}
          </button>
        )}
      </div>
    </>
  );
}

/** Brings a part into view when a step that speaks of it comes on view, or when it is hidden no longer. */
function useScrollTo(part: PartName | null, at: number, settled: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: two steps may point at the same part, and a page that opens moves it
  useEffect(() => {
    if (!part) return;
    // After the rules that hide parts, which change with the same state.
    const frame = requestAnimationFrame(() => reveal(part));
    return () => cancelAnimationFrame(frame);
  }, [part, at, settled]);
}

/** True from when the page has its first step, and so its height. */
function useSettled({ ready, busy }: LabState): boolean {
  const [settled, settle] = useState(false);
  if (!settled && ready && !busy) settle(true);
  return settled;
}

function reveal(part: PartName): void {
  const element = findPart(part);
  if (!element) return;
  const { height } = element.getBoundingClientRect();
  element.scrollIntoView({ block: height > window.innerHeight * 0.5 ? 'start' : 'center' });
}

function StepView({ step, ...props }: LessonViewProps & { readonly step: Step }) {
  const { state, onShow } = props;
  const { at } = step;
  const hidden = at !== undefined && state.address.hide.includes(at);
  return (
    <>
      <p>
        <Words text={say(step.words, step.values)} />
      </p>
      {step.formula && <FormulaView formula={step.formula} />}
      {step.set && <SetUp {...props} set={step.set} />}
      {at && !hidden && (
        <button type="button" className="plain" onClick={() => reveal(at)}>
          {say('Show {part}', { part: say(PARTS[at]) })}
        </button>
      )}
      {at && hidden && (
        <p className="notice">
          {say('{part} is hidden by this link.', { part: say(PARTS[at]) })}{' '}
          <button type="button" className="plain" onClick={() => onShow(at)}>
            {say('Bring it back')}
          </button>
        </p>
      )}
    </>
  );
}

function SetUp({
  set,
  state,
  blocked,
  onSet,
}: Pick<LessonViewProps, 'state' | 'blocked' | 'onSet'> & { readonly set: NonNullable<Step['set']> }) {
  const done = fits(state.address, set.to);
  return (
    <p>
      <button type="button" disabled={blocked || done} onClick={() => onSet(set.to)}>
        {say(set.label)}
      </button>
      {done && <span className="quiet"> ✓ {say('done')}</span>}
    </p>
  );
}

function QuestionView(props: LessonViewProps) {
  const { lesson, state, passedBefore, onPassed, onNext } = props;
  const { question } = lesson;
  const verdict = question.check(state);
  const { passed } = verdict;
  useEffect(() => {
    if (passed && !passedBefore) onPassed();
  }, [passed, passedBefore, onPassed]);
  return (
    <>
      <h3>{say('Now you')}</h3>
      <StepView {...props} step={{ words: question.ask, values: question.values, at: question.at }} />
      <details>
        <summary>{say('A hint')}</summary>
        <p>
          <Words text={say(question.hint)} />
        </p>
      </details>
      <div className={`verdict ${passed ? 'verdict-passed' : ''}`} role="status">
        {passed && <strong>✓ {say('That is it.')} </strong>}
        {verdict.words ? (
          <Words text={verdict.words} />
        ) : (
          say('The lab watches what is on the page and says here what it makes of it.')
        )}
      </div>
      {passedBefore && !passed && <p className="quiet">{say('You have answered this question before.')}</p>}
      {(passed || passedBefore) && (
        <div className="lesson-after">
          <h3>{say('And then')}</h3>
          <StepView {...props} step={question.after} />
          {onNext && (
            <p>
              <button type="button" className="primary" onClick={onNext}>
                {say('Next lesson')}
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}
