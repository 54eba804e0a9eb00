/** The lab's worker in the single file: on one thread, since helpers would be scripts of their own. */
import { chooseBackend } from '../engine/choose-backend';
import { answerCalls } from '../worker/answer-calls';
import { USUAL_ROOMS } from '../worker/lab-session';

answerCalls({ ...USUAL_ROOMS, chooseBackend: (options) => chooseBackend({ ...options, threads: 1 }) });
