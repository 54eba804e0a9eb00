/**
 * `npm run export -- --format onnx|peft --out DIR [--model DIR] [--adapter DIR]`: a model or an adapter as
 * other programs read it.
 *
 * - `onnx`: the folder that transformers.js loads (`AutoModelForCausalLM.from_pretrained`), float32, the
 *   adapter merged in if one is given.
 * - `peft`: an adapter as PEFT loads it, from any adapter this engine reads (16-bit ones too), float32, with the
 *   name and the fingerprint of the model it belongs to.
 */
import type { BaseIdentity } from '../engine/model/base-fingerprint';
import { openAdapterFolder, weightsOf } from '../engine/model/model-folder';
import { writeAdapter } from '../engine/model/peft';
import { onnxFolder, openConfig } from '../engine/onnx/onnx-folder';
import { Arguments, UsageError } from './arguments';
import { directory } from './directory';
import { fingerprintOf, warnOfUnknownBase } from './open-policy';
import { type FolderFiles, replaceFolder } from './replace-folder';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Write a model or an adapter as other programs read it.', {
    format: { type: 'string', help: 'onnx | peft', default: 'onnx' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: 'PEFT adapter folder; merged into the weights by onnx' },
    'base-name': { type: 'string', help: 'name of the model in the adapter written (default the folder)' },
    out: { type: 'string', help: 'folder to write' },
  });
  if (!args) return 0;
  const format = args.choice('format', ['onnx', 'peft']);
  const out = args.text('out');
  if (!out) throw new UsageError('--out DIR says where to write.');
  const model = args.text('model') ?? 'public/policy';
  const read = directory(model);
  const { config } = await openConfig(read);
  const here = async (): Promise<BaseIdentity> => ({
    name: args.text('base-name') ?? model,
    fingerprint: await fingerprintOf({ config, source: weightsOf(read) }),
  });
  const folder = args.text('adapter');
  const adapter = folder ? await openAdapterFolder(config, directory(folder), here) : undefined;
  if (adapter && folder) warnOfUnknownBase(folder, adapter, model);
  let files: FolderFiles;
  if (format === 'onnx') {
    files = await onnxFolder(read, { adapter });
  } else {
    if (!adapter) throw new UsageError('--format peft writes an adapter: name one with --adapter DIR.');
    files = { ...writeAdapter(config, adapter, await here()) };
  }
  await replaceFolder(out, files);
  const size = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  process.stderr.write(`${Object.keys(files).length} files, ${(size / 1e6).toFixed(1)} MB in ${out}\n`);
  return 0;
}
