/** How far LoRA has moved each linear layer: the Frobenius norm of its change, layer by layer. */
import type { AdapterNorm } from '../../worker/protocol';
import { HeatMap } from '../charts/heat-map';
import { say } from '../language/language';

export function NormStrip({ norms }: { readonly norms: readonly AdapterNorm[] }) {
  const layers = [...new Set(norms.map(({ layer }) => layer))].sort((a, b) => a - b);
  const modules = [...new Set(norms.map(({ module }) => module))];
  const norm = (layer: number, module: string) =>
    norms.find((entry) => entry.layer === layer && entry.module === module)?.frobenius ?? 0;
  return (
    <HeatMap
      title={say('LoRA update, layer by layer')}
      unit={say('Frobenius norm of s B A')}
      rowName={say('layer§row')}
      rows={layers.map(String)}
      columns={modules.map((module) => module.replace('_proj', ''))}
      values={layers.map((layer) => modules.map((module) => norm(layer, module)))}
    />
  );
}
