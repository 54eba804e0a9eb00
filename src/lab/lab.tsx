/**
 * The whole page: one state, read once here and handed to what is on view. The pages of memory and models take the
 * place of the long one, which stays as it was meanwhile, hidden and not drawn; lessons stand beside the long one. The
 * scripts of them come when they are first asked for.
 */
import { Activity, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { LANGUAGE_TAGS, phrase } from './language/language';
import { useLanguage } from './language/use-language';
import { LongPage } from './long-page';
import { AdapterNames } from './shell/adapter-names';
import { Colophon } from './shell/colophon';
import { lateView } from './shell/late-panel';
import { Masthead } from './shell/masthead';
import { Loading, Trouble } from './shell/notices';
import { usePresenter } from './shell/presenter';
import { usePartRules } from './shell/use-part-rules';
import { isPage, type PageView, type View } from './state/address';
import type { LabController } from './state/controller';
import { useHandlers } from './state/use-handlers';
import { adaptersOf } from './words';

const MemoryPage = lateView(() => import('./memory/memory-page'), {
  what: phrase('The memory page'),
  coming: phrase('Loading the memory page …'),
});
const ModelsPage = lateView(() => import('./models/models-page'), {
  what: phrase('The model page'),
  coming: phrase('Loading the model page …'),
});
const LessonsPanel = lateView(() => import('./lessons/lessons-panel'), {
  what: phrase('The lessons'),
  coming: phrase('Loading the lessons …'),
});

/** What the memory page tells better: with its figures, and how it is mended. */
const ALARMS: ReadonlySet<string> = new Set(['memory-lost', 'memory-damaged']);

export function Lab({ lab }: { readonly lab: LabController }) {
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.lang = LANGUAGE_TAGS[language];
  }, [language]);
  const state = useSyncExternalStore(lab.subscribe, lab.state, lab.state);
  const { ready, address, trouble } = state;
  const on = useHandlers(lab);
  const page = isPage(address.view) ? address.view : null;
  const [opened, open] = useState<ReadonlySet<PageView>>(new Set());
  if (page && ready && !opened.has(page)) open(new Set([...opened, page]));
  const lessons = !page && (address.view === 'lessons' || address.lesson !== null);
  useScroll(address.view);
  usePartRules(address.hide, null);
  usePresenter(address.present, on.present);
  const alarm = trouble && ALARMS.has(trouble.error.code) ? trouble.error : null;
  return (
    <>
      <Masthead
        ready={ready}
        address={address}
        idle={state.busy === null && state.training.state.kind !== 'running'}
        onBundled={on.bundled}
        onView={on.view}
        onPresent={on.present}
        onLanguage={on.language}
      />
      {trouble && <Trouble error={trouble.error} fatal={trouble.fatal} onDismiss={on.dismiss} />}
      {!ready && !trouble?.fatal && <Loading loading={state.loading} />}
      <AdapterNames value={adaptersOf(ready)}>
        <div className={lessons ? 'with-lessons' : undefined}>
          {lessons && <LessonsPanel state={state} lab={lab} />}
          <Activity mode={page ? 'hidden' : 'visible'}>
            <LongPage state={state} lab={lab} on={on} />
          </Activity>
        </div>
      </AdapterNames>
      {opened.has('memory') && (
        <Activity mode={page === 'memory' ? 'visible' : 'hidden'}>
          <main>
            <MemoryPage line={lab.memory} alarm={alarm} onSeen={on.dismiss} />
          </main>
        </Activity>
      )}
      {opened.has('models') && (
        <Activity mode={page === 'models' ? 'visible' : 'hidden'}>
          <main>
            <ModelsPage
              line={lab.models}
              foreign={state.foreign}
              opening={state.opening}
              works={state.busy !== null}
              trains={state.training.state.kind === 'running' || state.training.state.kind === 'paused'}
            />
          </main>
        </Activity>
      )}
      <Colophon />
    </>
  );
}

/** A page begins at its top; on the way back the part asked for comes into view. */
function useScroll(view: View): void {
  const before = useRef(view);
  useEffect(() => {
    const from = before.current;
    before.current = view;
    if (from === view || (!isPage(from) && !isPage(view))) return;
    if (isPage(view) || view === 'episode' || view === 'lessons') window.scrollTo(0, 0);
    else document.getElementById(view)?.scrollIntoView();
  }, [view]);
}
