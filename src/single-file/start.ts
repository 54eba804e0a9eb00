/**
 * The entry of the single file: the same lab, its worker a script within this one, its files blocks of data in the
 * document. A page opened from a file can fetch nothing and start no module as a worker; a classic worker from a
 * `blob:` address it can, and WebAssembly comes as `data:` addresses, which `fetch` reads everywhere.
 */
import '../lab/styles';
import { mount } from '../lab/main';
import { embeddedFiles } from './embedded-files';
import LabWorker from './worker?worker&inline';

mount(new LabWorker({ name: 'lab' }), embeddedFiles(document));
