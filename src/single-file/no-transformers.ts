/**
 * In place of `policies/transformers/open-transformers.ts`, which brings ONNX Runtime along: more than three times what
 * the single file may weigh. Whoever asks for it all the same hears why.
 */
import type { OpenPolicy } from '../policies/provider';
import { TransformersUnsupportedError } from '../policies/transformers/transformers-errors';

export const openTransformersPolicy: OpenPolicy = ({ name }) =>
  Promise.reject(
    new TransformersUnsupportedError(
      `${name} needs ONNX Runtime, which the lab in one file has no room for.`,
      'Open it with the engine, or use the lab from its site.',
    ),
  );

export const transformersRuntime = (): readonly string[] => [];
