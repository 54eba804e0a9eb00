/** Chinese of what the worker says of memories: findings, reasons of the lab, embedders, what takes room. */
import type { Dictionary } from '../language';

export const memoryTold: Dictionary = {
  '{n} minute': '{n} 分钟',
  '{n} minutes': '{n} 分钟',
  'has the same subject and relation in its metadata, with {newer} in the place of {older}':
    '元数据中的主体和关系相同，但用 {newer} 取代了 {older}',
  'takes {older} back and says {newer}': '收回 {older}，改说 {newer}',
  'says {newer} in the same sentence in which this says {older}':
    '在同一句话中说 {newer}，而这一条说 {older}',
  '{n} entries say the same, letter by letter.': '{n} 个条目内容相同，一字不差。',
  '{n} entries say the same, but for capitals and punctuation.': '{n} 个条目内容相同，只有大小写和标点不同。',
  '{n} entries have the same names, numbers and words of content; their wording is alike by {least} or more (from {from} on).':
    '{n} 个条目有相同的名称、数字和实词；其措辞的相似度不低于 {least}（界限 {from}）。',
  'Sounds like small talk or hearsay, by {signs} (score {score}, from {from} on).':
    '听起来像闲聊或传闻，依据 {signs}（得分 {score}，界限 {from}）。',
  'Sounds like small talk or hearsay (score {score}, from {from} on).':
    '听起来像闲聊或传闻（得分 {score}，界限 {from}）。',
  '{id} is newer by {time} and {sign}.': '{id} 新 {time}，{sign}。',
  '{id} is newer and {sign}.': '{id} 较新，{sign}。',
  'None of the {n} retrievals since it was written has found it.': '写入以来的 {n} 次检索都没有找到它。',
  'Neither written nor retrieved for {time}.': '已有 {time}未写入也未被检索。',
  'changed by hand': '手动更改',
  'proposed by the audit': '由审查建议',
  merged: '已合并',
  'emptied by hand': '手动清空',
  'copied from {title}': '复制自 {title}',
  'kept from the episode on view': '由当前回合保留',
  'Import of {file}': '导入 {file}',
  'from the log of {n} change': '来自含 {n} 次更改的日志',
  'from the log of {n} changes': '来自含 {n} 次更改的日志',
  'from the backup of {time} and {n} change logged since': '来自 {time} 的备份及其后记录的 {n} 次更改',
  'from the backup of {time} and {n} changes logged since': '来自 {time} 的备份及其后记录的 {n} 次更改',
  'from the backup of {time}': '来自 {time} 的备份',
  'found so after the browser had lost or damaged what was stored': '浏览器丢失或损坏了存储的内容后发现如此',
  'neither written nor retrieved for {time}, the rule of this memory':
    '{time}未写入也未被检索，按这个记忆的规则',
  Spelling: '拼写',
  'Words and pieces of words, in any language; no meanings. Works offline from the first second.':
    '词和词的片段，适用于任何语言；不含意义。从第一秒起即可离线使用。',
  'The policy’s hidden states': '策略的隐藏状态',
  'How the policy itself reads a text, in English. To look at; it finds less than spelling does.':
    '策略自己如何读一段文本（英文）。供查看；它找到的比“拼写”少。',
  'No policy is loaded yet.': '尚未载入策略。',
  'Meaning, English': '意义（英文）',
  'What sentences mean, in English: finds what was said in other words.':
    '英文句子的意义：能找到换了说法的内容。',
  'Meaning, fifty languages': '意义（五十种语言）',
  'What sentences mean, across some fifty languages; five times as large.':
    '句子的意义，约五十种语言；体积是五倍。',
  'A sentence encoder of your own.': '您自己的句子编码器。',
  'About {n} MB are loaded once, from this site if it has them, else from huggingface.co.':
    '需载入一次，约 {n} MB；本站若有则取自本站，否则取自 huggingface.co。',
  'Everything that is remembered. Memories are deleted one by one, or a whole memory at a time.':
    '所有记住的内容。记忆可逐条删除，也可一次删除整个记忆。',
  'The history of each memory: who wrote what when and why, earlier states, undo. It goes with its memory.':
    '每个记忆的历史：谁在何时为何写了什么、更早的状态、撤销。它随其记忆一起删除。',
  'Nothing that could not be made again from the texts. They go with their memory.':
    '没有不能由文字重新算出的内容。它们随其记忆一起删除。',
  'All saved training runs with their adapters and rollouts. Single ones are deleted where they are listed, under Training.':
    '所有已保存的训练及其适配器和 rollout。单个训练可在“训练”的列表中删除。',
  'Tasks of your own. They are deleted a set at a time, under “Your own data”.':
    '您自己的任务。在“您自己的数据”中按任务集删除。',
  'What memories are restored from when the browser loses them: backups, and the log of what came after them. New ones are made with the next change.':
    '浏览器丢失记忆时用来恢复的内容：备份，以及备份之后的变更日志。下次更改时会重新生成。',
  'Nothing: the next start of a large memory takes longer, and makes them anew.':
    '没有损失：大的记忆下次启动会慢一些，并重新生成它们。',
};
