/** By what rules the model of a folder is played by the commands: its config.json says how much it can read. */
import type { EpisodeConfig } from '../agent/config';
import { readModelConfig } from '../engine/model/config';
import { readJsonObject } from '../engine/model/json-file';
import { playedLike } from '../policies/site-policies';
import { directory } from './directory';

/**
 * @param quiet the command prints JSON alone; otherwise it says in which window the model is played
 * @throws ModelFileError, UnsupportedModelError naming the file and what is wrong
 */
export async function episodeRules(folder: string, quiet: boolean): Promise<EpisodeConfig> {
  const { maxPositions } = readModelConfig(
    readJsonObject(await directory(folder)('config.json'), 'config.json'),
  );
  const { name, episode } = playedLike(maxPositions);
  if (!quiet) {
    process.stderr.write(
      `${folder} takes ${maxPositions} tokens: played like the ${name} policy, prompts of at most ${episode.hardPromptTokens}.\n`,
    );
  }
  return episode;
}
