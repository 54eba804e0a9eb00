/** Chinese of the group: rollouts side by side, rewards, advantages, forks. */
import type { Dictionary } from '../language';

export const group: Dictionary = {
  'What each rollout did, and what it was paid': '每个 rollout 做了什么，得到多少奖励',
  '{right} {wrong} the answer is right, or not': '{right} {wrong} 回答正确与否',
  '; §between parts': '；',
  'The same task, played {size} times with different dice. GRPO asks only which rollouts did better than the others.':
    '同一个任务，用不同的骰子玩 {size} 次。GRPO 只问哪些 rollout 比其他的做得更好。',
  'Run group': '运行组',
  Rollouts: 'rollout 数',
  '{n} rollouts of the task on view': '当前任务的 {n} 个 rollout',
  'training step {step}, task 1 of {tasks}': '训练第 {step} 步，第 1 个任务（共 {tasks} 个）',
  '{finished} of {total} rollouts done': '已完成 {finished}/{total} 个 rollout',
  '“Run group” plays the task above {size} times. Each lane will show one rollout, step by step.':
    '“运行组”会把上面的任务玩 {size} 次。每条泳道逐步显示一个 rollout。',
  'rollout§column': 'rollout',
  reward: '奖励',
  advantage: '优势',
  step: '步',
  steps: '步数',
  stage: '阶段',
  'what it did': '做了什么',
  'task§part of the reward': '任务',
  'context§part of the reward': '上下文',
  'memory§part of the reward': '记忆',
  penalty: '惩罚',
  'Rewards of the group': '组的奖励',
  'All rollouts are the same from the first event to the last.':
    '所有 rollout 从第一个事件到最后一个事件都相同。',
  'They begin alike and first part at event {event}, in step {step} (stage {stage}):':
    '它们的开头相同，在第 {event} 个事件处首次分开，即第 {step} 步（第 {stage} 阶段）：',
  'rollout {k}:': 'rollout {k}：',
  'rollouts {all}:': 'rollout {all}：',
  'had ended': '此时已结束',
  'broken off': '被中断',
  'Credit of rollout {k}, step by step': 'rollout {k} 的信用分配，逐步列出',
  'Credit of the steps of rollout {k}': 'rollout {k} 各步的信用分配',
  'Reward {reward} at the last of {steps} steps; {paid} steps get credit: {credits}.':
    '共 {steps} 步，最后一步得到奖励 {reward}；有 {paid} 步分得信用：{credits}。',
  'step {step} {advantage}': '第 {step} 步 {advantage}',
  'Rollout {k}, move by move': 'rollout {k}，逐步动作',
  'stage {stage}': '第 {stage} 阶段',
  'stage {stage}: {words}; A = {advantage}': '第 {stage} 阶段：{words}；A = {advantage}',
  'stage {stage}: {words}; A = {advantage}; here it parts from the rollout chosen':
    '第 {stage} 阶段：{words}；A = {advantage}；从这里起与所选的 rollout 分开',
  'No spread.': '离散程度为零。',
  'All rewards are {reward}. No rollout is better than another, so every advantage is zero and this group has no gradient: it teaches nothing.':
    '所有奖励都是 {reward}。没有哪个 rollout 比别的更好，因此每个优势都为零，这个组没有梯度：什么也学不到。',
  'Each of them got {reward} for its answer.': '每一个的回答都得了 {reward}。',
  'A task that is solved every time has nothing left to teach; a harder one would.':
    '每次都能解出的任务已经没有可教的了；换一个更难的任务才有。',
  'A policy that always does the same has nothing to compare; other dice, a higher temperature or another task would.':
    '总是做同样事情的策略无从比较；换别的骰子、更高的温度或另一个任务才能比较。',
  'TRL counts such groups as frac_reward_zero_std.': 'TRL 把这样的组计入 frac_reward_zero_std。',
  'TRL counts such groups as frac_reward_zero_std; in the last training step it was {share}.':
    'TRL 把这样的组计入 frac_reward_zero_std；在最近一个训练步中它是 {share}。',
  malformed: '格式错误',
  "top edge: stage; filling: advantage, {better} or {worse} than the group's mean; {mark} here it parts from the rollout chosen":
    '上边线：阶段；填色：优势，即{better}或{worse}组的均值；{mark} 从这里起与所选的 rollout 分开',
  '+ better': '+ 优于',
  '− worse': '− 劣于',
  'mean of the group': '组的均值',
  'Mean {mean}, standard deviation {std}; rewards {rewards}.': '均值 {mean}，标准差 {std}；奖励：{rewards}。',
  'mean {mean}, std {std}': '均值 {mean}，标准差 {std}',
  'rollout {k}: {reward}': 'rollout {k}：{reward}',
  '(r − mean) / (std of the whole batch + ε) = ({difference}) / … = {value}':
    '(r − mean) / (std_整批 + ε) = ({difference}) / … = {value}',
  ', divided by the number of steps': '（再除以步数）',
  'Every step of the rollout, in all three stages, gets this same number{divided}: nobody knows which of them earned the reward.':
    '这个 rollout 在三个阶段中的每一步都得到这同一个数{divided}：没有人知道奖励是哪一步挣来的。',
  'Only the last step of the rollout gets it{divided}; the steps before learn nothing.':
    '只有这个 rollout 的最后一步得到它{divided}；之前的步什么也学不到。',
  'Only the best rollout of the group keeps its number{divided}; all others get 0, so nothing is unlearnt.':
    '只有组中最好的 rollout 保留它的数{divided}；其他的都得 0，所以没有什么会被改掉。',
  'Every step gets this number{divided}, plus one that compares steps of the group which start from the same state (GiGPO).':
    '每一步都得到这个数{divided}，再加上另一个数，它比较组中从同一状态出发的各步（GiGPO）。',
  'Number of the rollout, and number of the step: how its return, γ for each step still to come, stands among the steps that start from the same state; 0 where no other does.':
    '先是 rollout 的数，再是该步的数：它的回报（其后每一步乘一次 γ）在从同一状态出发的各步中处于什么位置；没有别的步从那里出发时为 0。',
  'step {step}: {shared} {own} = {sum}': '第 {step} 步：{shared} {own} = {sum}',
  'The rollouts are continuations of one and the same state; only the steps after the fork get the number{divided}.':
    '这些 rollout 是同一个状态的延续；只有分叉之后的步得到这个数{divided}。',
  'Mean and spread are taken over all steps of the group, so a longer rollout counts more often; every step gets the number{divided}.':
    '均值和离散程度在组的所有步上计算，因此较长的 rollout 被计入的次数更多；每一步都得到这个数{divided}。',
  Credit: '信用分配',
  'Divide by the spread (std)': '除以离散程度（std）',
  'Divide by the number of steps': '除以步数',
  'As it was played': '恢复运行时的设置',
  'The group and the continuations': '组与各个延续',
  'The group and the continuations from step {step}': '组，以及从第 {step} 步起的各个延续',
  'Group mean {group}, mean of the continuations {fork}, this rollout {own}: {before} before step {step}, {after} from it on.':
    '组的均值 {group}，各延续的均值 {fork}，这个 rollout {own}：第 {step} 步之前 {before}，从这一步起 {after}。',
  group: '组',
  'from here on': '从这里起',
  'before§the step': '此前',
  'since§the step': '此后',
  'Was it this step?': '是因为这一步吗？',
  'Rollouts that wrote different memories share no state, so the group cannot tell which step made the difference. Continuations of one and the same state can: short-term memory, long-term memory and the past are equal, only the dice differ.':
    '写入了不同记忆的 rollout 没有共同的状态，所以组无法说明差别出自哪一步。同一个状态的多个延续可以：短期记忆、长期记忆和过去都相同，只有骰子不同。',
  'From before step': '从哪一步之前',
  Continuations: '延续数',
  'Fork here': '在此分叉',
  '{finished} of {total} continuations done': '已完成 {finished}/{total} 个延续',
  'Cancel fork': '取消分叉',
  'The adapter trained in this tab may have learned since this group was played; continuations act with it as it is now.':
    '在本页训练的适配器可能在这个组运行之后又学到了东西；延续使用它现在的样子。',
  'Rollout {k}, forked before step {step}': 'rollout {k}，在第 {step} 步之前分叉',
  'Each dot is a rollout, the ring is this one, the stroke is the mean.':
    '每个点是一个 rollout，圆环是这一个，竖线是均值。',
  continuation: '延续',
  'A among the continuations': '在各延续中的 A',
  'what it did in step {step}': '在第 {step} 步做了什么',
  '1 (as played)': '1（原来的）',
  'A few continuations are a rough measure: the mean is known to ± {error}, one standard error.':
    '少数几个延续只是粗略的度量：均值的误差为 ± {error}（一个标准误）。',
  'r − mean of the group = {reward} − {mean} = {lead}. Of that, {before} was there before step {step}: {n} continuations from its state come to {fork} on average (± {error}). The other {after} came from step {step} on.':
    'r − 组的均值 = {reward} − {mean} = {lead}。其中 {before} 在第 {step} 步之前就已存在：从该步的状态出发的 {n} 个延续平均得到 {fork}（± {error}）。其余的 {after} 来自第 {step} 步及以后。',
  'As the group is paid now, step {step} gets A = {broadcast}; among the continuations, A = {forked}.':
    '按组现在的分配方式，第 {step} 步得到 A = {broadcast}；在各延续中，A = {forked}。',
  'Both push it the same way.': '两者把它推向同一个方向。',
  'They push it opposite ways: the rollout stands where it stands because of what lay before this step, not because of it.':
    '两者把它推向相反的方向：这个 rollout 之所以好或坏，是因为这一步之前的事，而不是因为这一步。',
  'From this state on nothing was left to decide: all continuations are paid the same, so a fork teaches nothing here.':
    '从这个状态起已没有什么可决定的：所有延续得到的奖励相同，因此在这里分叉学不到什么。',
  'Too close to tell: what came from this step on is less than one standard error of the mean. More continuations tell more.':
    '相差太小，无法判断：从这一步起得到的小于均值的一个标准误差。延续越多，看得越清。',
  'The credit on view gives this step nothing; the fork does.':
    '当前的信用分配没有给这一步任何东西；分叉给了。',
};
