/** Chinese of `glossary.ts`: names, meanings, formulas and origins of the method's symbols. */
import type { Dictionary } from '../language';

export const glossary: Dictionary = {
  'section 3': '第 3 节',
  'section 3.5 and App. A.2': '第 3.5 节和附录 A.2',
  'section 4.1: 1 each': '第 4.1 节：各为 1',
  'section 3, Retrieve_memory': '第 3 节，Retrieve_memory',
  'App. C.4: 1/3 each': '附录 C.4：各 1/3',
  'App. A.2': '附录 A.2',
  'App. A.2: rounds and overflow': '附录 A.2：轮数与溢出',
  'App. A.2; context 8192': '附录 A.2；上下文 8192',
  'App. A.2, without a number': '附录 A.2，未给出数值',
  'tool schema': '工具定义',
  'K = 8': 'K = 8',
  'eq. 3': '式 (3)',
  'eq. 3 and 6': '式 (3) 和式 (6)',
  'eq. 3, no clipping': '式 (3)，不裁剪',
  'eq. 4–5': '式 (4)、式 (5)',
  'eq. 15, θ = 0.6': '式 (15)，θ = 0.6',
  'follows from eq. 4': '由式 (4) 推出',
  'one policy call is one step': '调用一次策略为一步',
  'no judge: exact match, else token F1; a world’s own score':
    '不用评判模型：完全匹配，否则为词元 F1；环境给出的得分',
  'malformed steps': '格式错误的步',
  'without an answer: at the end': '没有回答时：结束时',
  '160 for the bundled policy': '随附的策略为 160',
  'what counts as high quality': '什么算高质量',
  'rightful deletes': '合理的删除',
  'counted only in text from the user or from memory': '只计用户或记忆给出的文本',
  'calibrated for each embedder on labelled pairs': '用带标注的文本对为每个嵌入器校准',
  'std with K − 1': '标准差用 K − 1',
  '1e−6 (Trinity-RFT)': '1e−6（Trinity-RFT）',
  '1e−4, as TRL': '1e−4，与 TRL 相同',
  'as TRL, 0.2': '与 TRL 相同，0.2',
  '0.02 in the preset lab': '预设 lab 中为 0.02',
  '1 in the preset lab': '预设 lab 中为 1',
  'estimator k3': '估计量 k3',
  'adapter off': '关掉适配器',
  'shown at the sampling temperature': '按采样温度显示',
  'stored when sampled, never recomputed': '采样时存下，从不重算',
  'measured in the bundled policy': '在随附的策略中测得',
  'r 32, α 32': 'r 32，α 32',
  'r 8, α 16': 'r 8，α 16',
  '1e−5 for 7B': '7B 模型为 1e−5',
  '3e−3, falling to 0, for the bundled policy': '随附的策略为 3e−3，逐渐降到 0',
  'not in the paper': '论文中没有',
  'seeds of a rollout': '一个 rollout 的种子',

  state: '状态',
  'What the policy acts on: short-term memory, long-term memory and the task.':
    '策略行动的依据：短期记忆、长期记忆和任务。',
  's_t = (C_t, M_t, T)': 's_t = (C_t, M_t, T)',
  'short-term memory (STM), the context': '短期记忆（STM），即上下文',
  'The messages the policy reads. Emptied between stages 1 and 2, kept from 2 to 3.':
    '策略所读的消息。在第 1 和第 2 阶段之间清空，从第 2 到第 3 阶段保留。',
  'long-term memory (LTM)': '长期记忆（LTM）',
  'The entries the policy stored. Empty when a rollout begins, kept over all three stages.':
    '策略存下的条目。rollout 开始时为空，在三个阶段中一直保留。',
  'The language model that acts. One policy writes text and tool calls alike; nothing else decides what is remembered.':
    '采取行动的语言模型。同一个策略既写文本也写工具调用；记住什么，只由它决定。',
  'a_t ~ π_θ(· | s_t)': 'a_t ~ π_θ(· | s_t)',
  trajectory: '轨迹',
  'All steps of an episode, over its three stages. A step is one prompt and one completion.':
    '一个回合在三个阶段中的所有步。一步是一个提示和一个补全。',
  'τ = τ1 + τ2 + τ3': 'τ = τ1 + τ2 + τ3',
  'reward of a whole episode': '整个回合的奖励',
  'Paid once, at the end; the steps before it get 0 of their own.': '只在结束时付一次；之前各步自身得 0。',
  'R(τ) = w_task R_task + w_ctx R_ctx + w_mem R_mem + P':
    'R(τ) = w_task R_task + w_ctx R_ctx + w_mem R_mem + P',
  'weights of the reward': '奖励的权重',
  'How much the parts count. The paper says 1 each in one place and 1/3 each in another.':
    '各部分所占的分量。论文一处说各为 1，另一处说各为 1/3。',
  'task reward': '任务奖励',
  'How right the answer is: a judge’s score in the paper. Here an exact match is 1, anything else its token F1; in a world it is the world’s score, or what was reached where a limit cut it off; no answer is −1.':
    '回答有多正确：论文中由评判模型打分。这里完全匹配得 1，其他得其词元 F1；在环境中为环境给出的得分，若被限制中断则为此前已达到的得分；没有回答得 −1。',
  'R_task = judge(A_pred, A_q), −1 with no answer': 'R_task = judge(A_pred, A_q)，没有回答时为 −1',
  'context reward': '上下文奖励',
  'How well short-term memory was kept: the mean of compression, preventive action and preservation.':
    '短期记忆管理得有多好：压缩、预防和保留三项的均值。',
  'R_ctx = (compression + preventive + preservation) / 3': 'R_ctx =（压缩 + 预防 + 保留）/ 3',
  'memory reward': '记忆奖励',
  'How well long-term memory was kept: the mean of storage, maintenance and relevance.':
    '长期记忆管理得有多好：存储、维护和相关性三项的均值。',
  'R_mem = (storage + maintenance + relevance) / 3': 'R_mem =（存储 + 维护 + 相关性）/ 3',
  penalties: '惩罚',
  '−1 for too many rounds, −0.5 for an overfull context, and −0.1 for each malformed step (at most −0.5).':
    '轮数过多为 −1，上下文溢出为 −0.5，每个格式错误的步为 −0.1（最多 −0.5）。',
  'tokens used': '所用词元',
  'Tokens in C when the answer is made; without an answer, at the end.':
    '作出回答时 C 中的词元数；没有回答时，取结束时的词元数。',
  'context budget': '上下文预算',
  'Tokens C may have. Above it P takes 0.5. It is also the scale of the compression reward.':
    'C 可以有的词元数。超过则由 P 扣去 0.5。它也是压缩奖励的尺度。',
  'most rounds of a stage': '一个阶段的轮数上限',
  'More policy calls than this in one stage cost 1. Raised where a task sends more messages.':
    '一个阶段中调用策略的次数超过它要扣 1。任务发来的消息更多时，上限随之提高。',
  'good entries': '好条目',
  'Entries added in stage 1 that name the subject and the current value of a fact worth keeping, hold no revised value and repeat no other entry.':
    '第 1 阶段写入、且满足以下条件的条目：写出值得保留的事实的主体和现值，不含已被更正的值，也不与其他条目重复。',
  'entries added': '写入的条目',
  'Entries added in stage 1, without those that were rightly deleted again.':
    '第 1 阶段写入的条目，不计后来合理删除的。',
  'key items of the question': '问题的关键项',
  'What has to be in C when the question is answered, for the preservation reward.':
    '为得到保留奖励，回答问题时必须在 C 中的内容。',
  'similarity bound': '相似度界限',
  'Filter_context removes the messages whose similarity to the criteria is at least θ. It belongs to the embedder that measures similarity.':
    'Filter_context 删去与准则的相似度不低于 θ 的消息。θ 随度量相似度的嵌入器而定。',
  'remove u if sim(criteria, u) ≥ θ': '若 sim(criteria, u) ≥ θ，则删去 u',
  'cosine similarity': '余弦相似度',
  'How alike two texts are to the embedder: 1 the same direction, 0 nothing in common.':
    '在嵌入器看来两段文本有多相像：1 表示方向相同，0 表示毫无共同之处。',
  'cos(u, v) = u · v / (|u| |v|)': 'cos(u, v) = u · v / (|u| |v|)',
  'entries retrieved': '检索到的条目',
  'Most entries that Retrieve_memory brings into C; 3 unless the call says otherwise.':
    'Retrieve_memory 最多带入 C 的条目数；调用未另行指定时为 3。',
  'group size': '组的大小',
  'Rollouts of one task that are compared with one another.': '同一任务的、相互比较的 rollout 的个数。',
  'How much better a rollout did than the mean of its group, in standard deviations. AgeMem hands it to every step of the rollout, in all three stages.':
    '一个 rollout 比所在组的均值好多少，以标准差计。AgeMem 把它交给该 rollout 在三个阶段中的每一步。',
  'A_k = (r_k − mean(r)) / (std(r) + ε), and A_t = A_k for every step t':
    'A_k = (r_k − mean(r)) / (std(r) + ε)，且对每一步 t，A_t = A_k',
  'stabiliser of the advantage': '优势的稳定项',
  'Keeps the division defined when all rewards of a group are nearly equal.':
    '当一个组的所有奖励几乎相等时，使除法仍有意义。',
  'zero-spread group': '离散程度为零的组',
  'All rollouts were paid the same, so every advantage is 0 and the group teaches nothing in this step. Counted as frac_reward_zero_std.':
    '所有 rollout 得到的奖励相同，因此每个优势都为 0，这个组在这一步中什么也教不了。计入 frac_reward_zero_std。',
  objective: '目标函数',
  'What training makes larger, averaged over all steps of all rollouts.':
    '训练要使之增大的量，对所有 rollout 的所有步取平均。',
  'J = mean over steps of [ρ_t A_t − β KL(π_θ || π_ref)]': 'J = [ρ_t A_t − β KL(π_θ || π_ref)] 对各步的均值',
  'importance ratio': '重要性比率',
  'How much likelier the policy makes a completion now than when it was sampled. 1 before the first update.':
    '策略现在给出某个补全的概率，是采样时的多少倍。第一次更新之前为 1。',
  'ρ_t = π_θ(a_t | s_t) / π_old(a_t | s_t)': 'ρ_t = π_θ(a_t | s_t) / π_old(a_t | s_t)',
  clipping: '裁剪',
  'Holds the ratio near 1, so that one batch cannot move the policy too far. The paper has none.':
    '使比率保持在 1 附近，以免一个批次把策略移得太远。论文中没有裁剪。',
  'min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A)': 'min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A)',
  'weight of the KL term': 'KL 项的权重',
  'How strongly training holds the policy near the reference policy.':
    '训练以多大的力度使策略留在参考策略附近。',
  'Kullback–Leibler divergence': 'Kullback–Leibler 散度',
  'How far the policy has moved from the reference, which is the same model with its adapter off. Estimated from the sampled tokens, in nats.':
    '策略离参考策略有多远；参考策略是关掉适配器的同一个模型。由采样所得的词元估计，单位为 nat。',
  'k3 = exp(d) − d − 1 with d = log π_ref − log π_θ': 'k3 = exp(d) − d − 1，其中 d = log π_ref − log π_θ',
  'reference policy': '参考策略',
  'The model before training: the same weights with the adapter off.':
    '训练之前的模型：权重相同，关掉适配器。',
  entropy: '熵',
  'How undecided the policy is about the next token, in nats: 0 if it is certain, ln n if n tokens are equally likely.':
    '策略对下一个词元有多犹豫，单位为 nat：完全确定时为 0，n 个词元等可能时为 ln n。',
  'H = −Σ p log p': 'H = −Σ p log p',
  'log-probability': '对数概率',
  'Natural logarithm of the probability a token was drawn with, at the sampling temperature.':
    '在采样温度下，抽到某个词元的概率的自然对数。',
  'sampling temperature': '采样温度',
  'Logits are divided by it before they become probabilities: below 1 bolder, above 1 more random.':
    'logit 先除以它，再变成概率：小于 1 更果断，大于 1 更随机。',
  attention: '注意力',
  'For the next token, how each head shares its look among all earlier tokens. The shares of a head add up to 1.':
    '预测下一个词元时，每个头把注意力怎样分配给之前的所有词元。一个头的各份额之和为 1。',
  'softmax(q · k / √d)': 'softmax(q · k / √d)',
  'low-rank adapter': '低秩适配器',
  'Training leaves the model’s matrices W alone and learns two thin ones beside each.':
    '训练不动模型的矩阵 W，而是在每个 W 旁学习两个瘦长的矩阵。',
  'W + s B A with s = α / r': 'W + s B A，其中 s = α / r',
  'rank of the adapter': '适配器的秩',
  'Inner size of the thin matrices A and B. The change B A has at most r directions.':
    '瘦长矩阵 A 和 B 的内侧维数。变化 B A 至多有 r 个方向。',
  'strength of the adapter': '适配器的强度',
  'The change is scaled by α / r before it is added.': '变化先乘以 α / r，再加上去。',
  's = α / r': 's = α / r',
  'learning rate': '学习率',
  'Size of an optimiser step. Too large and the policy collapses; too small and nothing is learnt.':
    '优化器每一步的大小。太大则策略崩溃，太小则什么也学不到。',
  fork: '分叉',
  'Several continuations of one and the same memory state, compared among themselves. It answers the criticism that rollouts which wrote different memories share no state to be compared at.':
    '同一个记忆状态的多个延续，在它们之间比较。它回应了这样的批评：写入了不同记忆的 rollout，没有可供比较的共同状态。',
  dice: '骰子',
  'Seed of the policy’s own draws, apart from the task’s seed. Same seed and dice, same episode.':
    '策略自身抽样的种子，与任务的种子无关。种子和骰子都相同，回合就相同。',
  'Length of the gradient over all weights of the adapter, before it is cut down to the longest allowed. A jump says that one step wants to change much.':
    '适配器全部权重上的梯度长度，在缩短到所允许的最大长度之前。若它突然变大，说明这一步想改动很多。',
  'gradient norm': '梯度范数',
  'g ← g · min(1, c / ‖g‖)': 'g ← g · min(1, c / ‖g‖)',
  'as TRL, max_grad_norm c = 1': '与 TRL 相同，max_grad_norm c = 1',
};
