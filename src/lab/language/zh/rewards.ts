/** Chinese of what the worker says of a reward: formulas, notes, and what would have earned more. */
import type { Dictionary } from '../language';

export const rewards: Dictionary = {
  'no answer: -1': '没有回答：-1',
  '"{answer}" against "{right}", exact match: {value}': '“{answer}”对照“{right}”，完全匹配：{value}',
  '"{answer}" against "{right}", token F1: {value}': '“{answer}”对照“{right}”，词元 F1：{value}',
  'the world was left unfinished: 0': '环境中的任务未完成：0',
  'the world was left unfinished, reached so far: {value}': '环境中的任务未完成，到此为止的得分：{value}',
  'score of the world: {value}': '环境给出的得分：{value}',
  'judged by a model: {value}': '由模型评判：{value}',
  'C was reduced by {n} tokens before any overflow: 1': 'C 在溢出之前缩小了 {n} 个词元：1',
  'C was never reduced before an overflow: 0': 'C 在溢出之前从未缩小：0',
  '{n} reductions came after C had overflowed': '{n} 次缩小发生在 C 已溢出之后',
  '{n} calls removed nothing': '{n} 次调用什么也没有移除',
  'the task names no key items': '该任务没有指定关键项（K_q）',
  '{n} of {all} key items are still in C: {value}': '{all} 个关键项（K_q）中有 {n} 个仍在 C 中：{value}',
  'missing: {items}': '缺少：{items}',
  'nothing was worth keeping and nothing was stored': '没有值得保留的内容，也没有存储任何内容',
  '{id}: states no fact worth keeping with its current value': '{id}：没有写出任何值得保留且为当前值的事实',
  '{id}: holds a value that has been revised': '{id}：含有已被更正的旧值',
  '{id}: repeats another entry': '{id}：与另一条目重复',
  '{id}: rightly deleted, not counted': '{id}：删除得当，不计入',
  '{id}: was worth keeping and was deleted': '{id}：值得保留，却被删除了',
  '{n} updates or deletes succeeded (eq. 24): {value}': '{n} 次更新或删除成功（式 24）：{value}',
  '{fact}: no old value was replaced or removed': '{fact}：没有旧值被替换或移除',
  '{fact}: an old value is still stored': '{fact}：仍存有旧值',
  '{fact}: the current value is not stored': '{fact}：没有存储当前值',
  '{n} of {all} revised facts were corrected in memory, all are asked for: {value}':
    '{all} 条更正过的事实中有 {n} 条在记忆中得到更正，要求全部更正：{value}',
  'no revisions; {n} facts worth keeping stored, {lost} changes lost one: {value}':
    '没有更正；存储了 {n} 条值得保留的事实，{lost} 次改动丢失了其中之一：{value}',
  'the task needs no stored fact': '该任务不需要存储的事实',
  '{n} of {all} needed facts were retrieved: {value}': '所需的 {all} 条事实中检索到 {n} 条：{value}',
  'not retrieved: {fact}': '未检索到：{fact}',
  '{n} rounds in a stage > N_max = {bound}: {value}': '某阶段有 {n} 轮 > N_max = {bound}：{value}',
  'at most {n} rounds in a stage, N_max = {bound}: 0': '各阶段最多 {n} 轮，N_max = {bound}：0',
  '{n} malformed steps: max({floor}, {each} x {n}) = {value}':
    '{n} 个格式错误的步：max({floor}, {each} x {n}) = {value}',
  'The goal was: {goal}': '目标是：{goal}',
  'The right answer was “{answer}”: 1.': '正确答案是“{answer}”：得 1。',
  'Long-term memory held what it takes, “{fact}”, in {ids}.': '长期记忆的 {ids} 中有所需的“{fact}”。',
  'Long-term memory held no entry that says “{fact}”.': '长期记忆中没有条目写着“{fact}”。',
  'Every token less in C when the answer is made adds 1 / T_max = {value}, until nothing is over.':
    '作出回答时 C 中每少一个词元，就多得 1 / T_max = {value}，直到一个不剩。',
  '{id} in C was a distractor of {n} tokens; without it: {value}.':
    'C 中的 {id} 是干扰消息，有 {n} 个词元；没有它可得 {value}。',
  '{ids} in C were distractors of {n} tokens; without them: {value}.':
    'C 中的 {ids} 是干扰消息，共 {n} 个词元；没有它们可得 {value}。',
  'One Filter_context or Summary_context that takes at least one token out of C before C exceeds T_max: 1.':
    '在 C 超过 T_max 之前，用一次 Filter_context 或 Summary_context 从 C 中至少去掉一个词元：得 1。',
  'Filtering by “{criteria}” removed nothing: there was nothing it may remove.':
    '按“{criteria}”过滤没有移除任何内容：没有它可以移除的。',
  'Filtering by “{criteria}” removed nothing: closest was {id} with {score}, below θ = {threshold}.':
    '按“{criteria}”过滤没有移除任何内容：最接近的是 {id}，为 {score}，低于 θ = {threshold}。',
  '“{item}” was in C and left it: {tool} took out {id}.':
    '“{item}”曾在 C 中，后来离开了：{tool} 移除了 {id}。',
  '“{item}” stands in {id} of long-term memory; retrieving it would have brought it into C.':
    '“{item}”在长期记忆的 {id} 中；检索它就能把它带入 C。',
  '“{item}” stands in {ids} of long-term memory; retrieving one of them would have brought it into C.':
    '“{item}”在长期记忆的 {ids} 中；检索其中之一就能把它带入 C。',
  '“{item}” was in no entry of long-term memory, so nothing could bring it into C.':
    '“{item}”不在长期记忆的任何条目中，所以没有办法把它带入 C。',
  'Without {id}, which is not worth keeping as stored: {good} / {added} = {value}. Deleting it later counts as much, unless something worth keeping is lost.':
    '{id} 按所存的样子不值得保留；没有它可得 {good} / {added} = {value}。之后删除它也同样算数，只要没有丢失值得保留的内容。',
  'Without {ids}, which are not worth keeping as stored: {good} / {added} = {value}. Deleting them later counts as much, unless something worth keeping is lost.':
    '{ids} 按所存的样子不值得保留；没有它们可得 {good} / {added} = {value}。之后删除它们也同样算数，只要没有丢失值得保留的内容。',
  '{id} was worth keeping; not deleting it: one more good entry.':
    '{id} 值得保留；若不删除它，就多一个好条目。',
  '{id} holds an old value; updated to “{fact}” it would be a good entry.':
    '{id} 存有旧值；更新为“{fact}”就会是好条目。',
  'No entry says “{fact}”; the user said so and it was worth keeping.':
    '没有条目写着“{fact}”；用户说过它，而且值得保留。',
  'Leaving the good entries as they were: 1.': '若让好条目保持原样：得 1。',
  'One stored entry that states a fact worth keeping, and left alone: 1.':
    '若存储一个写出值得保留之事实的条目，并不再改动：得 1。',
  '{ids} still holds an old value of {what}: Update_memory to “{fact}” was missing.':
    '{ids} 仍存有“{what}”的旧值：缺少一次改为“{fact}”的 Update_memory。',
  '“{fact}” replaced {values}, but no entry held the old value, so nothing was there to correct.':
    '“{fact}”取代了{values}，但没有条目存有旧值，所以无可更正。',
  'The old value went, but no entry says “{fact}”.': '旧值已不在，但没有条目写着“{fact}”。',
  'No entry says “{fact}”, so no retrieval could bring it.': '没有条目写着“{fact}”，所以检索也得不到它。',
  '{ids} says “{fact}”; after stage 1 no Retrieve_memory was called.':
    '{ids} 写着“{fact}”；第 1 阶段之后没有调用过 Retrieve_memory。',
  '{ids} says “{fact}”; after stage 1 asking for {queries} did not bring it.':
    '{ids} 写着“{fact}”；第 1 阶段之后检索{queries}没有得到它。',
  'No stage longer than N_max rounds: 0 instead of −1.': '若没有阶段超过 N_max 轮：得 0 而不是 −1。',
  'No more than T_max tokens in C when the answer is made: 0 instead of −0.5.':
    '若作出回答时 C 中不超过 T_max 个词元：得 0 而不是 −0.5。',
  'Step {step} was not understood: {reason}': '第 {step} 步无法理解：{reason}',
};
