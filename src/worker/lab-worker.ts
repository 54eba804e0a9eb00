/** The lab's worker on a site. */
import { answerCalls } from './answer-calls';

answerCalls();

performance.mark('lab: worker script');
