/** Chinese of the table of methods and worlds. */
import type { Dictionary } from '../language';

export const table: Dictionary = {
  'The table': '结果表',
  'Memories beside one policy, and AgeMem itself, over the worlds: recorded runs of this project, with 95 % intervals over seeds, and the same played here; each cell opens its episodes.':
    '同一策略配不同的记忆，以及 AgeMem 本身，在各个世界中的表现：本项目录下的运行，附各种子间的 95% 区间，也可在此重演；每一格都能打开其中的回合。',
  'Show the table': '显示结果表',
  'the expert of each world': '每个世界的专家',
  'the worlds policy: AgeMem trained on HotpotQA, others without adapter':
    '世界策略：AgeMem 在 HotpotQA 上训练，其余不带适配器',
  'the bundled policy: AgeMem trained, others without adapter': '自带策略：AgeMem 已训练，其余不带适配器',
  'the worlds policy, the shipped adapter with every memory': '世界策略：每种记忆都配随附的适配器',
  'the bundled policy, the shipped adapter with every memory': '自带策略：每种记忆都配随附的适配器',
  'the bundled policy: AgeMem’s variants, each as it was trained':
    '自带策略：AgeMem 的各变体，各用为它训练的权重',
  'prompt tokens a step': '每步的提示词元数',
  'model calls of the memory an episode': '每回合记忆调用模型的次数',
  'memory quality, 0 to 1': '记忆质量，0 到 1',
  'no memory': '无记忆',
  'AgeMem without RL': 'AgeMem，不做强化学习',
  'AgeMem, RAG in place of the short-term tools': 'AgeMem，用 RAG 代替短期记忆工具',
  'AgeMem, paid for the answer alone': 'AgeMem，只按答案给奖励',
  'Read by': '由谁来读',
  Figure: '指标',
  'The bundled policy reads people, 208 tokens at a time: most of the worlds do not fit it. The worlds policy reads them all and was trained on HotpotQA alone: the rest is transfer. The experts show what each memory holds, whoever reads it.':
    '自带策略读人物题，一次 208 个词元：其他世界大多放不下。世界策略都能读，只在 HotpotQA 上训练过：其余是迁移。专家显示的是每种记忆里存下了什么，与由谁来读无关。',
  'AgeMem here is one adapter, trained once: intervals are over the seeds of tasks and dice, and do not hold what another training would bring.':
    '这里的 AgeMem 是只训练过一次的一个适配器：区间取自任务与骰子的各个种子，不含另一次训练会带来的差别。',
  'LangMem and Mem0 are reconciled by the same rules here: what parts them is LangMem’s running summary, which is read beside the memories.':
    'LangMem 与 Mem0 在这里按同样的规则更新：区别在于 LangMem 的滚动摘要，它与记忆一起被读取。',
  'Of the entries stored in stage 1, the share that states a fact worth keeping as it is now. In the paper a language model judges it.':
    '第 1 阶段存入的条目中，陈述了值得保留的事实且符合现状者所占的比例。论文中由语言模型评判。',
  'A memory’s own calls are not in it; they stand under “{figure}”.':
    '记忆自己的调用不在其中；见“{figure}”。',
  'Methods by worlds': '方法与世界',
  'The model replies to the calls of other memories': '由模型回答其他记忆的调用',
  'A memory asks it up to five times for each message told, and once more where a reply cannot be used; then a rule replies, and the figure of unusable replies counts it. The model writes one reply at a time: this takes many times longer than by rules.':
    '每条消息，记忆最多问它五次；回复无法采用时再问一次，之后由规则代答，并计入“无法采用的回复”。模型一次只写一条回复：比按规则慢许多倍。',
  Method: '方法',
  'Mean of the five': '五项平均',
  'replies by the model': '由模型回复',
  'Here, in small: the worlds policy of 1.2 million parameters': '此处：世界策略，120 万参数，缩小版基准',
  'none of the five': '五项都没有',
  'without {worlds}': '缺 {worlds}',
  'What the paper reports': '论文报告的结果',
  'What the paper reports: means over its five benchmarks, per cent (arXiv 2601.01885)':
    '论文报告的结果：五个基准的均值，百分比（arXiv 2601.01885）',
  '{share} do not fit': '{share} 放不下',
  'in every seed': '每个种子都如此',
  'over {n} trainings: {mean}': '{n} 次训练：{mean}',
  'The paper: AgeMem stores best of all methods. Here it is clearly above every other memory in {above} of {worlds} worlds, clearly below one of them in {below} (at 99 %, since five are asked). The rules of the other memories read the very sentences that the tasks are made of.':
    '论文：AgeMem 的存储质量是所有方法中最好的。这里：{worlds} 个世界中有 {above} 个明显高于其他每一种记忆，{below} 个明显低于其中某一种（按 99 %，因为一共比较五种）。其他记忆的规则读的正是任务由之生成的句子。',
  '{share} of the reference do not fit': '基准的 {share} 放不下',
  'no such figure': '没有这个指标',
  'nothing to compare with': '没有可比的基准',
  'score as the original counts it, −1 to 1': '按原基准计的得分，−1 到 1',
  'success as the original counts it, 0 to 1': '按原基准计的成功率，0 到 1',
  'progress as the original counts it, 0 to 1': '按原基准计的进度，0 到 1',
  'exact match as the original counts it, 0 to 1': '按原基准计的完全匹配，0 到 1',
  'F1 as the original counts it, 0 to 1': '按原基准计的 F1，0 到 1',
  'tokens of the memory’s model calls an episode': '每回合记忆调用模型所用的词元数',
  'replies of the model that could not be used, an episode': '每回合中无法采用的模型回复数',
};
