/** Adapters from elsewhere: what comes in, as what, and how each that does not fit is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoraConfig } from '../../engine/model/model-config';
import { adapterParameters } from '../../engine/model/parameters';
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, writeAdapter } from '../../engine/model/peft';
import { readSafetensors } from '../../engine/model/safetensors';
import { writeSafetensors } from '../../engine/model/safetensors-writer';
import { writeZip } from '../../memory/exchange/zip-file';
import { TINY_CONFIG } from '../../rl/tiny-policy.fixture';
import { createRandom } from '../../tasks/random';
import { code, LabLife, SETTINGS, TestStore } from '../lab-life.fixture';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';

let site: ServedSite;
let life: LabLife;
beforeAll(async () => {
  site = await serveTinyPolicy();
  life = new LabLife(site.address, new TestStore());
  await life.open();
});
afterAll(() => site.close());

const LORA: LoraConfig = { r: 3, alpha: 5, rslora: true, targetModules: ['q_proj', 'v_proj'] };

type Files = Readonly<Record<string, Uint8Array>>;

/** As PEFT would write it for the policy of the test: no fingerprint. */
function adapter(lora = LORA, fingerprint: string | null = null): Files {
  const random = createRandom('adapter-import', lora.r);
  const tensors = adapterParameters(TINY_CONFIG, lora).map(({ name, shape }) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.next() - 0.5);
    return [name, { shape, data }] as const;
  });
  return {
    ...writeAdapter(TINY_CONFIG, { lora, tensors: new Map(tensors) }, { name: './base', fingerprint }),
  };
}

const blob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);
const filesOf = (files: Files) => Object.entries(files).map(([name, bytes]) => ({ name, data: blob(bytes) }));
const bring = (files: Files) => life.call.importAdapter({ files: filesOf(files) });
const zipped = (files: Files, name = 'My adapter.zip') => ({ [name]: writeZip(files) });

/** With other fields in its configuration. */
function said(files: Files, fields: Readonly<Record<string, unknown>>): Files {
  const json = JSON.parse(new TextDecoder().decode(files[ADAPTER_CONFIG_FILE])) as object;
  const text = JSON.stringify({ ...json, ...fields });
  return { ...files, [ADAPTER_CONFIG_FILE]: new TextEncoder().encode(text) };
}

describe('an adapter from elsewhere', () => {
  it('comes in from two files or a zip, with a rank and targets of its own, and is gone on with', async () => {
    const files = adapter();
    const first = await bring(files);
    expect(first).toMatchObject({ baseKnown: false, list: { runs: [{ name: 'adapter', steps: 0 }] } });
    // What PEFT puts beside the two is passed over.
    const second = await bring(zipped({ ...files, 'README.md': new Uint8Array(3) }));
    expect(second.list.runs.map(({ name }) => name).sort()).toEqual(['My adapter', 'adapter']);
    expect(second.id).not.toBe(first.id);

    await life.call.openRun({ id: first.id });
    const played = await life.plays();
    const out = await life.call.exportRun({ id: first.id, what: 'adapter' });
    await life.call.openRun({
      id: (await bring({ 'again.zip': new Uint8Array(await out.data.arrayBuffer()) })).id,
    });
    expect(await life.plays()).toEqual(played);

    const settings = { ...SETTINGS, steps: 20 };
    await life.call.openRun({ id: second.id });
    await life.call.train({ from: 'checkpoint', once: true });
    await life.until((item) => item.kind === 'training-step');
    await life.inState('paused');
    await life.call.stopTraining({});
    const { runs } = await life.call.listRuns({});
    expect(runs.find(({ id }) => id === second.id)).toMatchObject({
      steps: 1,
      settings: { steps: settings.steps },
    });
    const [curves] = await life.call.readRuns({ ids: [second.id] });
    expect(curves.config.lora).toEqual(LORA);
  });

  it('says that it is this base’s where it can', async () => {
    expect(await code(bring(adapter(LORA, '0123456789abcdef')))).toBe('base-mismatch');
  });

  it('is refused in words, and nothing changes', async () => {
    const files = adapter();
    const before = await life.call.listRuns({});
    const weights = readSafetensors(files[ADAPTER_WEIGHTS_FILE]);
    const [[name, tensor]] = weights.tensors;
    const integers = new TextDecoder('latin1').decode(files[ADAPTER_WEIGHTS_FILE]).replace('"F32"', '"I32"');
    const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
    const fewer = new Map([...adapterTensors(files)].slice(1));
    const more = new Map([
      ...adapterTensors(files),
      ['base_model.model.lm_head.lora_A.weight', { shape: [1], data: new Float32Array(1) }],
    ] as const);
    const endless = new Map(adapterTensors(files));
    endless.set(name, {
      shape: tensor.shape,
      data: new Float32Array(tensor.bytes.length / 4).fill(Number.NaN),
    });
    const cases: readonly (readonly [string, Files])[] = [
      ['tensor-shape', said(files, { r: 4 })],
      ['unexpected-tensor', said(files, { target_modules: ['q_proj'] })],
      ['missing-tensor', said(files, { target_modules: ['q_proj', 'v_proj', 'o_proj'] })],
      ['adapter-unsupported', said(files, { target_modules: ['lm_head'] })],
      ['adapter-unsupported', said(files, { peft_type: 'IA3' })],
      ['adapter-unsupported', said(files, { use_dora: true })],
      ['adapter-field', said(files, { r: 0 })],
      ['tensor-dtype', { ...files, [ADAPTER_WEIGHTS_FILE]: latin1(integers) }],
      ['missing-tensor', { ...files, [ADAPTER_WEIGHTS_FILE]: writeSafetensors(fewer) }],
      ['unexpected-tensor', { ...files, [ADAPTER_WEIGHTS_FILE]: writeSafetensors(more) }],
      ['non-finite-weight', { ...files, [ADAPTER_WEIGHTS_FILE]: writeSafetensors(endless) }],
      ['adapter-contents', { [ADAPTER_CONFIG_FILE]: files[ADAPTER_CONFIG_FILE] }],
      ['adapter-contents', { [ADAPTER_CONFIG_FILE]: files[ADAPTER_CONFIG_FILE], 'a.txt': new Uint8Array(1) }],
      ['adapter-contents', zipped({ 'a.txt': new Uint8Array(1) })],
      ['adapter-contents', zipped({ ...files, 'run.json': new Uint8Array(1) })],
      ['run-no-zip', { 'model.bin': new Uint8Array(100) }],
      ['zip-path', zipped(Object.fromEntries(Object.entries(files).map(([key, of]) => [`out/${key}`, of])))],
      ['zip-damaged', { 'a.zip': writeZip(files).slice(0, 300) }],
    ];
    for (const [expected, wrong] of cases)
      expect([expected, await code(bring(wrong))]).toEqual([expected, expected]);
    expect(await life.call.listRuns({})).toEqual(before);
  });
});

function adapterTensors(files: Files) {
  return [...readSafetensors(files[ADAPTER_WEIGHTS_FILE]).tensors].map(
    ([name, { shape, bytes }]) =>
      [name, { shape, data: new Float32Array(new Uint8Array(bytes).buffer) as Float32Array }] as const,
  );
}
