/**
 * `npm run export -- --format onnx|peft --out DIR [--model DIR] [--adapter DIR]`: a model or an adapter as
 * other programs read it.
 *
 * - `onnx`: the folder that transformers.js loads (`AutoModelForCausalLM.from_pretrained`), float32, the
 *   adapter merged in if one is given.
 */
import { readModelConfig } from '../engine/model/config';
import { readJsonObject } from '../engine/model/json-file';
import { openAdapterFolder } from '../engine/model/model-folder';
import { onnxFolder } from '../engine/onnx/onnx-folder';
import { Arguments, UsageError } from './arguments';
import { directory } from './open-policy';
import { replaceFolder } from './replace-folder';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Write a model as other programs read it.', {
    format: { type: 'string', help: 'onnx', default: 'onnx' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: 'PEFT adapter folder, merged into the weights' },
    out: { type: 'string', help: 'folder to write' },
  });
  if (!args) return 0;
  args.choice('format', ['onnx']);
  const out = args.text('out');
  if (!out) throw new UsageError('--out DIR says where to write.');
  const read = directory(args.text('model') ?? 'public/policy');
  const adapterFolder = args.text('adapter');
  const config = readModelConfig(readJsonObject(await read('config.json'), 'config.json'));
  const adapter = adapterFolder ? await openAdapterFolder(config, directory(adapterFolder)) : undefined;
  const files = await onnxFolder(read, { adapter });
  await replaceFolder(out, files);
  const size = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  process.stderr.write(`${Object.keys(files).length} files, ${(size / 1e6).toFixed(1)} MB in ${out}\n`);
  return 0;
}
