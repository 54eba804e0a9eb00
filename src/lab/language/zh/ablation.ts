/** Chinese of the ablation: the paper beside ours, components, curves. */
import type { Dictionary } from '../language';

export const ablation: Dictionary = {
  '{name}, lower bound ({unit})': '{name}，下界（{unit}）',
  '{name}, upper bound ({unit})': '{name}，上界（{unit}）',
  'the bundled policy': '自带策略',
  'The paper beside ours': '论文与本项目并列',
  'The ablation': '消融',
  'Trained on {family}: {seeds}, each a training of its own with {steps} of {tasks} × {rollouts}; then {episodes} held-out episodes a seed. Everything of a seed meets the same tasks with the same dice: differences are taken seed by seed, with 95 % intervals over the seeds.':
    '训练所用：{family}；{seeds}，每个种子各训练一次，{steps}，每步 {tasks} × {rollouts}；之后每个种子 {episodes} 个留出回合。同一种子下一切都遇到相同的任务和骰子：差值逐个种子计算，95% 区间取自各种子之间。',
  holds: '成立',
  'the other way': '方向相反',
  'cannot be told': '无法判断',
  'no one direction in the paper': '论文没有一致的方向',
  'ours rises': '这里上升',
  'ours falls': '这里下降',
  'Claims of the paper and what is found here': '论文的结论与这里的发现',
  'Claims of the paper (arXiv 2601.01885, on HotpotQA where no world is named) and ours':
    '论文的结论（arXiv 2601.01885，未注明世界的均为 HotpotQA）与这里的结果',
  Claim: '结论',
  Ours: '这里',
  'Difference, 95 %': '差值，95%',
  'Of {claims} of the paper {holds} hold here; {other} the other way; {open} cannot be told; for {depends} it depends on how it is counted.':
    '论文的 {claims}中，{holds} 条在这里成立；{other} 条方向相反；{open} 条无法判断；{depends} 条取决于如何计数。',
  'Of {claims} of the paper {holds} holds here; {other} the other way; {open} cannot be told; for {depends} it depends on how it is counted.':
    '论文的 {claims}中，{holds} 条在这里成立；{other} 条方向相反；{open} 条无法判断；{depends} 条取决于如何计数。',
  claim: '条结论',
  'Of {n} more the paper has no one direction.': '另有 {n} 条，论文没有一致的方向。',
  'Each rests on {seeds}. Were there no differences at all, about {n} of {claims} would still come out clear, by chance. Prompt tokens a step and an episode are one claim counted in two ways: where they disagree, it depends.':
    '每条都取自 {seeds}。即使毫无差别，{claims}中也会有约 {n} 条碰巧显得明确。每步与每回合的提示词元数是同一条结论的两种计数：两者不一致时，取决于如何计数。',
  'Where all rewards stand against the answer alone, the paper’s scores are an LLM judge’s; ours are exact match or else F1, about people who were invented.':
    '全部奖励与只看答案相比之处，论文的得分出自 LLM 评判；这里则是完全匹配，否则为 F1，题中人物都是虚构的。',
  'Where all rewards stand against the answer alone, the paper’s scores are an LLM judge’s; ours are the world’s own.':
    '全部奖励与只看答案相比之处，论文的得分出自 LLM 评判；这里则是该世界自己的得分。',
  'Holds here: {claims}.': '在这里成立：{claims}。',
  'Goes the other way here: {claims}.': '在这里方向相反：{claims}。',
  'Cannot be told from these seeds: {claims}.': '由这些种子无法判断：{claims}。',
  'Depends on how it is counted: {claims}.': '取决于如何计数：{claims}。',
  '{reading}: {finding}': '{reading}：{finding}',
  'Not measured in this run: {claims}.': '这次运行未测量：{claims}。',
  '{group} ({claims})': '{group}（{claims}）',
  'The paper: the highest of all methods. Here: against no RL, as the baselines have no such figure.':
    '论文：所有方法中最高。这里：与不做强化学习相比，因为基线没有这个指标。',
  'highest: {value}': '最高：{value}',
  'One component after another': '逐个加入组件',
  'Refused tools answer that they are not to be used. With long-term tools alone the entries nearest to the question come unasked, as in RAG. The paper’s base is an agent without memory; here every tool is refused.':
    '被拒绝的工具会回答不得使用。只有长期记忆工具时，与问题最接近的条目不经请求就给出，与 RAG 相同。论文的基线是没有记忆的智能体；这里则拒绝所有工具。',
  'Played in': '所在世界',
  'Components and scores': '组件与得分',
  'Mean and 95 % interval over seeds; the paper’s scores are of HotpotQA':
    '各种子间的均值与 95% 区间；论文的得分取自 HotpotQA',
  Variant: '变体',
  'trained with all rewards': '用全部奖励训练',
  'trained for the answer alone': '只为答案训练',
  'trained with long-term tools alone': '只用长期记忆工具训练',
  'long-term': '长期工具',
  'Score of the answer': '答案得分',
  score: '得分',
  'memory quality': '记忆质量',
  'Composite of all rewards': '全部奖励的总和',
  'Memory quality': '记忆质量',
  'Prompt tokens a step': '每步提示词元数',
  tokens: '词元',
  'Tool calls an episode': '每回合工具调用次数',
  'Rewards as they are trained on': '训练过程中的奖励',
  'Each step is {rollouts} of training tasks, drawn before its update; the composite is that of all rewards, whatever was paid. Lines are means over the seeds, bands their 95 % intervals.':
    '每一步是训练任务的 {rollouts}，在更新之前抽取；总和按全部奖励计算，与实际所给的奖励无关。线为各种子的均值，带为其 95% 区间。',
  'AgeMem, every tool refused': 'AgeMem，拒绝所有工具',
  'AgeMem, long-term tools alone, without RL': 'AgeMem，只有长期记忆工具，不做强化学习',
  'AgeMem, long-term tools alone': 'AgeMem，只有长期记忆工具',
  'prompt tokens an episode': '每回合的提示词元数',
  'tool calls an episode': '每回合工具调用次数',
  'RL against no RL': '做强化学习与不做',
  'table 2': '表 2',
  'table 3': '表 3',
  'figure 2': '图 2',
  'figure 3': '图 3',
  'tables 4 and 6': '表 4 与表 6',
  'figures 4 and 9': '图 4 与图 9',
  'Calls of each tool an episode, RL against no RL': '每回合各工具的调用次数，做强化学习与不做',
  'All rewards against the answer alone': '全部奖励与只看答案',
  'Short-term tools against RAG, both trained': '短期记忆工具与 RAG，两者都经训练',
  'Score with long-term tools and RAG': '长期记忆工具加 RAG 的得分',
  'untrained against no tools': '未经训练，与没有工具相比',
  'RL against no RL§with long-term tools': '做强化学习与不做',
  'Carried over to worlds that were not trained on: score, RL against no RL':
    '迁移到未训练过的世界：得分，做强化学习与不做',
};
