/**
 * In place of `policies/web-llm/open-web-llm.ts`, which brings WebLLM along: as much as a quarter of what the single file
 * may weigh, for models that are many times as large. Whoever asks for it all the same hears why.
 */
import type { OpenPolicy } from '../policies/provider';
import { WebLlmError } from '../policies/web-llm/web-llm-errors';

export const openWebLlmPolicy: OpenPolicy = ({ name }) =>
  Promise.reject(
    new WebLlmError('not-in-one-file', `${name} needs WebLLM, which the lab in one file has no room for.`),
  );

export const webLlmRuntime = (): readonly string[] => [];
