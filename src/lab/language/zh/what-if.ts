/** Chinese of the what-if page: what may be changed, both episodes side by side, and the exhibits. */
import type { Dictionary } from '../language';

export const whatIf: Dictionary = {
  'The what-if page': '“如果”页',
  'Change what the policy did, remembered, was told or is paid for, and see what becomes of the same episode with the same dice. Ready exhibits show what goes wrong when the method is changed.':
    '改变策略做了什么、记住了什么、听到了什么或因什么得到奖励，看同样骰子的同一个回合会变成怎样。现成的展示说明方法一旦改变会出什么问题。',
  'Change something': '改变一些内容',
  'A branch is compared with an episode that is over.': '分支要与已经结束的回合比较。',
  'Play it to its end': '把它运行到底',
  'Nothing is changed yet.': '还没有改变什么。',
  'Changed: {changes}.': '已改变：{changes}。',
  'Changed: {changes}. The dice are those of the original, and as long as the policy reads the same it writes the same.':
    '已改变：{changes}。骰子与原来的相同；只要策略读到的相同，它写出的就相同。',
  'Play what if': '运行假设',
  'As it was§button': '恢复原样',
  'As it was§column': '原来',
  '{n} steps': '{n} 步',
  'Cancel what if': '取消假设',
  'What became of it': '结果如何',

  'step {step} was written by hand': '第 {step} 步由手工写出',
  'entry {entry} was taken out before step {step}': '条目 {entry} 在第 {step} 步之前被拿走',
  'message {n} says something else': '第 {n} 条消息换了内容',
  'distractor {n} says something else': '第 {n} 条干扰消息换了内容',
  'T_max is {now} in place of {before} tokens': 'T_max 由 {before} 个词元改为 {now} 个',
  'short-term memory is not emptied between stages 1 and 2': '短期记忆在第 1 和第 2 阶段之间不清空',
  'the weights are {weights}': '权重为 {weights}',
  'maintenance is paid for any update or delete (eq. 24)': '任何更新或删除都得到维护奖励（式 (24)）',

  'What the policy did': '策略做了什么',
  'Step§column': '步',
  'Read like any other completion: {think}, then {call} or {answer}. What is malformed is refused in the same words.':
    '与其他补全一样解读：先是 {think}，然后是 {call} 或 {answer}。格式错误的会以同样的措辞被拒绝。',
  'Forget before it': '在它之前忘掉',
  'nothing is stored yet': '还没有存下什么',
  'What it is told': '它听到什么',
  Message: '消息',
  'all as they were': '全部照旧',
  'message {n}': '第 {n} 条消息',
  'It says': '内容',
  'Paid by the same gold facts as before: the answer asked for stays “{answer}”.':
    '仍按原来的标准事实给奖励：所求的答案还是“{answer}”。',
  'Short-term memory is emptied after stage 1': '第 1 阶段之后清空短期记忆',
  'How it is paid': '奖励怎样给',
  'T_max, tokens': 'T_max（词元）',
  'w {part}': 'w {part}',
  '{symbol} and weights are not in the prompt: the same policy does the same under them and is paid otherwise. Only training makes it act on them.':
    '{symbol} 和权重不在提示中：改变它们，同一个策略的做法不变，得到的奖励却不同。只有训练才能让它按它们行事。',
  'Maintenance is paid for any update or delete (eq. 24)': '任何更新或删除都给维护奖励（式 (24)）',

  'Both episodes, step by step': '两个回合，逐步对照',
  'they part': '在此分开',
  'They part at event {event}, in step {step}.': '两者在第 {step} 步的第 {event} 个事件处分开。',
  'Changed before step {step}, at event {event}.': '改变在第 {step} 步之前，第 {event} 个事件处。',
  'They differ from event {event} on, after the last step.':
    '两者从第 {event} 个事件起不同，在最后一步之后。',
  'What the policy does parts in step {step}.': '策略的做法在第 {step} 步分开。',
  'What the policy does stays the same to the end.': '策略的做法自始至终相同。',
  'Nothing that the policy reads has changed, so it did the same throughout.':
    '策略所读的内容没有变化，所以它自始至终做法相同。',
  'R = {before} became {after} ({change}).': 'R = {before} 变为 {after}（{change}）。',
  Change: '变化',
  'What both were paid': '两者各得多少奖励',

  Exhibits: '展示',
  scripted: '脚本',
  'played now': '当场运行',
  'recorded runs': '录制的训练',
  'Loading the recorded runs …': '正在载入录制的训练 …',
  'The recorded runs could not be loaded. Reload the page.': '录制的训练无法载入。请重新载入页面。',
  'How these runs were made': '这些训练是怎样做的',
  '{name}: {command}': '{name}：{command}',
  'commit {commit}, {date}': '提交 {commit}，{date}',
  'memory, meaningful maintenance': '记忆（按有意义的维护）',
  'updates and deletes per episode': '每回合的更新和删除',
  '{n} held-out episodes, all paid alike whatever the run was paid for':
    '{n} 个留出回合，无论训练时怎样给奖励，这里都按同样的标准给',
  Mean: '均值',
  'before§training': '训练前',
  'after: {name}': '训练后：{name}',
  'Carry out the script': '执行脚本',
  meaningful: '有意义的',
  'any update': '任何更新',
  'Short-term memory is emptied; long-term memory stays.': '短期记忆被清空；长期记忆保留。',
  'user:': '用户：',
  'In the context: {n} tokens. In long-term memory: nothing.': '上下文中：{n} 个词元。长期记忆中：无。',
  'In the context: {n} tokens. In long-term memory: {entries}.':
    '上下文中：{n} 个词元。长期记忆中：{entries}。',
  'Play and count': '运行并计数',
  'No trained adapter lies beside the policy.': '策略旁没有训练好的适配器。',
  'Calls in {n} rollouts': '{n} 个 rollout 中的调用',
  Stage: '阶段',
  Trained: '训练后',
  'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried.':
    '在 {rollouts} 个 rollout 中，工具与阶段共有 {pairs} 种搭配，基础策略试过 {tried} 种。它没试过的 {never} 种中，训练之后仍有 {still} 种没有试过。',
  'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried; {found} now occur: so few rollouts miss what is rare, and a rare action is enough to be found.':
    '在 {rollouts} 个 rollout 中，工具与阶段共有 {pairs} 种搭配，基础策略试过 {tried} 种。它没试过的 {never} 种中，训练之后仍有 {still} 种没有试过；有 {found} 种现在出现了：这么少的 rollout 会漏掉罕见的动作，而罕见的动作也足以被训练找到。',
  'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried; one now occurs: so few rollouts miss what is rare, and a rare action is enough to be found.':
    '在 {rollouts} 个 rollout 中，工具与阶段共有 {pairs} 种搭配，基础策略试过 {tried} 种。它没试过的 {never} 种中，训练之后仍有 {still} 种没有试过；有一种现在出现了：这么少的 rollout 会漏掉罕见的动作，而罕见的动作也足以被训练找到。',
  'Play both groups': '运行两个组',
  'No spread: all rewards are equal.': '离散程度为零：所有奖励都相等。',
  'Mean {mean}, spread {spread}.': '均值 {mean}，离散程度 {spread}。',
  'Mean of each part over the rollouts to which it applies': '每一部分对适用它的 rollout 取的均值',
  'cut off before the answer': '在回答之前被截断',

  'Case study 1: a memory that is kept up to date': '案例 1：及时更新的记忆',
  'A learning assistant is told how its user studies, then that this has changed, then that it is settled. Watch long-term memory: an entry is updated, and in the end replaced by a clean one. Retold from the paper in our own words; every completion is scripted.':
    '学习助手先听到用户怎样学习，然后听到情况变了，最后听到已经定下来。请看长期记忆：一个条目被更新，最后由一个整洁的条目取代。取自论文，用我们自己的话重述；每个补全都由脚本写定。',
  'Case study 2: a context that is kept clean': '案例 2：保持整洁的上下文',
  'The user wants a crash course in machine learning, and in between writes about quantum computers, blockchains, robots, sourdough and latte art. Watch short-term memory: what does not belong is filtered out, and what is left is summarised before the plan is made. Retold from the paper in our own words; every completion is scripted, the similarities are computed here.':
    '用户想要一门机器学习速成课，其间又写到量子计算机、区块链、机器人、酸面包和拿铁拉花。请看短期记忆：无关的内容被过滤掉，剩下的在制定计划之前被总结。取自论文，用我们自己的话重述；每个补全都由脚本写定，相似度在这里计算。',
  'Case study 3: an answer made of what was stored': '案例 3：由存储的内容得出的回答',
  'After the reset nothing of the talk is left in the context. Three entries are retrieved, and the schedule follows them: long blocks, pictures, computer vision. Retold from the paper in our own words; every completion is scripted.':
    '重置之后，谈话在上下文中一点不剩。检索到三个条目，日程便按它们安排：长时段、图片、计算机视觉。取自论文，用我们自己的话重述；每个补全都由脚本写定。',
  'Maintenance paid for any update: one episode': '任何更新都给维护奖励：一个回合',
  'A script misses the revision and rewrites the stale entry in other words. Read to the letter, eq. 24 pays this update in full, because an update was performed; the meaningful reading pays nothing, because the old value is still there. Scripted, and paid twice here.':
    '脚本漏掉了更正，只是把过时的条目换了个说法。按字面读，式 (24) 为这次更新付全额奖励，因为确实做了更新；按有意义的读法则分文不付，因为旧值还在那里。由脚本写定，在这里按两种读法各给一次奖励。',
  'Maintenance paid for any update: a training run': '任何更新都给维护奖励：一次训练',
  'Two runs of 60 steps that differ in one switch: whether maintenance is paid for meaningful changes only or for any update or delete (eq. 24 to the letter). Paid for any change, the policy changes memory more often, and by the meaningful reading its memory ends up worse: it follows what is paid, not what was meant. One seed, so look at the direction rather than the last digit.':
    '两次 60 步的训练，只有一个开关不同：维护奖励是只给有意义的改动，还是给任何更新或删除（按式 (24) 的字面）。任何改动都有奖励时，策略更常改动记忆，而按有意义的读法，它的记忆最后更差：它追随的是奖励，而不是本意。只有一个种子，所以请看方向，不要看末位数字。',
  'Updates and deletes': '更新和删除',
  'per episode': '每回合',
  'Task reward': '任务奖励',
  'Context reward': '上下文奖励',
  'Memory reward': '记忆奖励',
  Storage: '存储',
  R_task: 'R_task',
  R_ctx: 'R_ctx',
  R_mem: 'R_mem',
  R: 'R',
  'Paid for the answer alone': '只奖励答案的训练',
  'Two runs of 20 steps: paid for task, context and memory, and for the answer alone (the ablation of the paper). The answer is learnt nearly as well, and most of what memory gains comes unpaid, for an answer needs what was stored. What no answer needs lags: the context gains far less than where it is paid, and storage precision, which rises there, falls a little here. One seed.':
    '两次 20 步的训练：一次为任务、上下文和记忆给奖励，一次只奖励答案（论文中的消融）。回答学得几乎一样好；记忆的提高也大半不付奖励就有了，因为回答需要存下来的内容。回答不需要的则落在后面：上下文的提高远小于有奖励时；存储精确率有奖励时上升，这里却略有下降。只有一个种子。',
  'all rewards': '全部奖励',
  'answer only': '只奖励答案',
  'No reset between the stages': '阶段之间不重置',
  'Short-term memory is not emptied after stage 1. What the user said may still be there when the question comes, so nothing needs to be stored for it; and the context grows until it overflows or the episode is cut off. Compare the parts, above all task and overflow. Played now by the policy on view, with the same dice in both groups.':
    '第 1 阶段之后不清空短期记忆。问题到来时，用户说过的话可能还在，因此不必为它存储什么；而上下文不断增长，直到溢出或回合被截断。请比较各部分，尤其是任务和溢出。由当前的策略当场运行，两个组用同样的骰子。',
  'With the reset': '有重置',
  Without: '无重置',
  'Distractors of one’s own': '各自的干扰消息',
  'All rollouts have the same dice, so the policy decides alike wherever it reads alike. With shared distractors [P] all rewards are equal. With distractors of its own for each rollout [O] they may spread, and such a spread is luck: an advantage made of it teaches the policy nothing about what it did. Played now by the policy on view.':
    '所有 rollout 用同样的骰子，因此策略读到的相同，决定就相同。干扰消息共用时 [P]，所有奖励都相等。每个 rollout 各有自己的干扰消息时 [O]，奖励可能出现离散程度，而这样的离散只是运气：由此得出的优势，丝毫不能告诉策略它做得如何。由当前的策略当场运行。',
  'Here no distractor made a difference: the policy on view did well or badly whatever it had to read in between. Choose another seed, or the base policy as the player, and play both groups again.':
    '这里干扰消息没有造成差别：无论中间读到什么，当前的策略做得一样好或一样坏。请换一个种子，或让基础策略来玩，再运行两个组。',
  Shared: '共用',
  'Each its own': '各用各的',
  'Too high a learning rate': '学习率过高',
  'The same run at lr 0.003 and at 0.03. The first update already throws the policy far from where it was; it forgets the protocol, every rollout gets the same lowest reward, so no group has a spread, no gradient is left, and nothing brings it back.':
    '同样的训练，学习率分别为 0.003 和 0.03。后者的第一次更新就把策略抛得很远；它忘了协议，每个 rollout 都得到同样的最低奖励，于是没有哪个组有离散程度，不再有梯度，也没有什么能使它恢复。',
  'lr 0.003': '学习率 0.003',
  'lr 0.03': '学习率 0.03',
  'Well-formed steps': '格式正确的步',
  share: '份额',
  'An action the base never tries': '基础策略从不尝试的动作',
  'An advantage can only raise what was sampled. The base policy summarises now and then in stage 2, and training made that frequent; it never summarises after the question has come, though that would be paid as well, and training did not find it. Both play one held-out task, the same whatever is on view (facts that change, seed 1), and their calls are counted by tool and stage.':
    '优势只能提高采样到的动作。基础策略在第 2 阶段偶尔作总结，训练使之频繁；问题到来之后它从不总结，尽管那样也有奖励，而训练没有发现这一点。两者都来玩同一个留出任务，与当前显示的任务无关（会变的事实，种子 1），并按工具和阶段统计调用次数。',
  'What this link changes will stand in the form once it has been played.':
    '回合运行完后，这个链接所作的改动会出现在表单里。',
  'What is written by hand is too long for a link of {most} characters: the address of this page leaves it out.':
    '手写的内容太长，放不进 {most} 个字符的链接：本页的地址里没有它。',
  'What the message says is too long for a link of {most} characters: the address of this page leaves it out.':
    '消息的内容太长，放不进 {most} 个字符的链接：本页的地址里没有它。',
};
