/** Chinese of what the eight lessons teach: their steps, formulas in words, questions and hints. */
import type { Dictionary } from '../language';

export const lessonTexts: Dictionary = {
  // 1
  'Why two memories': '为什么要两种记忆',
  'What a policy knows at a step, and what is left when its context is emptied.':
    '策略在某一步知道什么，上下文清空后还剩下什么。',
  'A language model knows what it was trained on and what stands in its context, and the context is short. On this page it has 160 tokens before it is fined. AgeMem lets the policy itself decide what to do about that.':
    '语言模型知道的，是训练时学到的内容和上下文中的内容，而上下文很短。在本页，超过 160 个词元就要受罚。怎样应对，AgeMem 让策略自己决定。',
  'Short-term memory C is the context: the messages the policy reads at each step. Press “Step” and watch messages arrive; the bar tells how many of the tokens are used.':
    '短期记忆 C 就是上下文：策略在每一步所读的消息。点“一步”，看消息到来；进度条显示用了多少词元。',
  'Long-term memory M is a store outside the context. Nothing gets in by itself: the policy has to call a tool, and an entry costs no context until it is looked up again.':
    '长期记忆 M 是上下文之外的存储。没有什么会自动进入：策略必须调用工具；条目在被再次检索之前不占用上下文。',
  'Both are part of the state in which the policy acts, and one policy writes everything: text, and the calls that change either memory.':
    '两者都属于策略行动时所处的状态，而一切都由同一个策略写出：文本，以及改变这两种记忆的调用。',
  'The state at step t is short-term memory C, long-term memory M and the task T. The action, text or tool calls, is drawn from the policy with parameters theta.':
    '第 t 步的状态由短期记忆 C、长期记忆 M 和任务 T 组成。动作（文本或工具调用）从参数为 θ 的策略中抽样得到。',
  'Now play the episode to its end with “Run episode”. Afterwards “Back” and “Forward” show every moment of it again, exactly as it was.':
    '现在点“运行回合”，把回合运行到底。之后用“后退”和“前进”可以重看其中的每个时刻，与当时完全一样。',
  'At one moment the whole context is taken away, and long-term memory is all that is left of what the user said. Find that moment on the timeline and stay on it.':
    '在某个时刻，整个上下文都被拿走，用户说过的话只剩下长期记忆中的内容。请在时间线上找到那个时刻，并停在那里。',
  'It lies between stage 1 and stage 2. Play the episode at least to there first.':
    '它在第 1 阶段和第 2 阶段之间。请先把回合至少运行到那里。',
  'Let the base policy play the same task: it stores nothing here, so after this moment nobody knows the answer any more.':
    '让基础策略来玩同一个任务：它在这里什么也不存，因此过了这个时刻，就再没有谁知道答案了。',
  'Let the base policy play': '让基础策略来玩',

  // 2
  'Six tools': '六种工具',
  'What each tool does to which memory, and what a call looks like.':
    '每种工具对哪种记忆做什么，以及调用是什么样子。',
  'At each step the policy thinks, and then writes either tool calls or an answer. “It is understood as” shows what the lab read from the text. Press “Run episode”, then go through it with “Back” and “Forward”.':
    '在每一步，策略先思考，然后写出工具调用或者回答。“它被理解为”显示实验室从文本中读出了什么。点“运行回合”，再用“后退”和“前进”逐个时刻地看。',
  '`Add_memory` writes an entry: its text, the vector by which it will be found again, and notes about it.':
    '`Add_memory` 写入一个条目：它的文本、日后用来找到它的向量，以及关于它的注记。',
  'M gets one more entry: the content c, its embedding enc(c), and metadata.':
    'M 增加一个条目：内容 c、它的嵌入 enc(c) 和元数据。',
  '`Update_memory` replaces what an entry says, and `Delete_memory` removes it. When the user takes something back, one of them is due: in this task a fact changes.':
    '`Update_memory` 替换条目的内容，`Delete_memory` 删除条目。用户收回说过的话时，就该用其中之一：在这个任务中，有一条事实会变化。',
  '`Retrieve_memory` brings the entries most similar to a query back into the context. Similar means a small angle between two vectors.':
    '`Retrieve_memory` 把与查询最相似的条目带回上下文。相似，是指两个向量的夹角小。',
  'The similarity of a query q and an entry c is the cosine of the angle between their embeddings, 1 for the same direction.':
    '查询 q 与条目 c 的相似度，是两者嵌入之间夹角的余弦，方向相同时为 1。',
  '`Filter_context` removes the messages that resemble a criterion, and `Summary_context` puts one short message in the place of many. Neither touches long-term memory.':
    '`Filter_context` 删去与准则相像的消息，`Summary_context` 用一条短消息代替多条消息。两者都不改动长期记忆。',
  'What stays in C are the messages u whose similarity to the criteria lies below the threshold theta, which belongs to the embedder (eq. 15).':
    '留在 C 中的是与准则的相似度低于阈值 θ 的消息 u；θ 随嵌入器而定（式 (15)）。',
  'In one step of this episode a tool made the context shorter. Show the moment in which it did.':
    '在这个回合的某一步，有个工具把上下文缩短了。请转到那个时刻。',
  'Look at the line “tokens (T_max)” of short-term memory: somewhere messages are struck out. The reset between the stages is no tool.':
    '看短期记忆中带“T_max”的那一行：在某个时刻有消息被划掉。两个阶段之间的重置不是工具。',
  'Which tools a policy uses is nothing anybody wrote down: it is what training makes likely. Under “Training” the calls of each tool per episode stand beside those the paper reports.':
    '策略用哪些工具，并没有谁写下来规定：那是训练使之更可能出现的。在“训练”一栏，每种工具的每回合调用次数与论文报告的数字并列。',

  // 3
  'Three stages and the reset': '三个阶段与重置',
  'How an episode is built so that only a memory can win it.': '回合怎样设计，才能只靠记忆取胜。',
  'The policy is not told what it will be asked. You may look: open this line. Then look at the messages of stage 1 and ask yourself what you would write down.':
    '策略并不知道会被问什么。您可以看：展开这一行。然后看看第 1 阶段的消息，想想您会记下什么。',
  'An episode has three stages. Stage 1: the user talks, and some of it is worth keeping. Stage 2: the context has been emptied, and distractors arrive. Stage 3: the question.':
    '一个回合有三个阶段。第 1 阶段：用户说话，其中有些值得记住。第 2 阶段：上下文已清空，干扰消息到来。第 3 阶段：提出问题。',
  'C\\ \\text{reset between } \\tau^{(1)} \\text{ and } \\tau^{(2)}':
    'C\\ \\text{在 } \\tau^{(1)} \\text{ 与 } \\tau^{(2)} \\text{ 之间重置}',
  'A trajectory tau is its three stages one after the other. C is emptied between the first two and kept between the last two; M starts empty and persists over all three.':
    '轨迹 τ 由三个阶段依次相接而成。C 在前两个阶段之间清空，在后两个阶段之间保留；M 开始时为空，并贯穿全部三个阶段。',
  'The distractors of stage 2 are made once for a task and are the same for all rollouts. Made anew for each, one rollout would be compared with another that had an easier time.':
    '第 2 阶段的干扰消息对每个任务只生成一次，所有 rollout 都相同。若为每个 rollout 重新生成，一个 rollout 就会与另一个处境更轻松的相比较。',
  'Play it to the end with “Run episode”, and go back to where the policy looks something up.':
    '点“运行回合”运行到底，然后回到策略检索记忆的地方。',
  'Show the moment in which something written down in stage 1 comes back into the context, on the other side of the reset.':
    '请转到这样的时刻：第 1 阶段写下的内容，在重置之后回到了上下文中。',
  'It takes a call of `Retrieve_memory` that finds something. Entries that are shown by themselves before a step of stage 1 do not cross the reset.':
    '这需要一次有所收获的 `Retrieve_memory` 调用。第 1 阶段某一步之前自动展示的条目并没有越过重置。',
  'Compare “tight context”: there stage 2 has so many distractors that the policy must also keep its context small to be paid.':
    '与“紧张的上下文”比较：那里第 2 阶段的干扰消息很多，策略还必须让上下文保持短小才能得到奖励。',
  'Show a task with a tight context': '显示一个上下文紧张的任务',

  // 4
  'Rewards and how to hack them': '奖励，以及怎样钻它的空子',
  'What an episode is paid for, and why a good-looking reward can be had for nothing.':
    '回合因什么得到奖励，以及为什么不做实事也能得到好看的奖励。',
  'An episode is paid once, at its end: for the answer, for how it treated the context, for how it treated long-term memory, less penalties. Every number below is computed from the log of what happened.':
    '回合只在结束时得到一次奖励：看它的回答、对上下文的处理、对长期记忆的处理，再减去惩罚。下面的每个数都由事件记录算出。',
  'The reward is the weighted sum of three parts, each at most 1, and of the penalties P. Here each weight is 1/3 (App. C.4).':
    '奖励是三个部分的加权和（每部分至多为 1）再加上惩罚 P。这里每个权重是 1/3（附录 C.4）。',
  'One part pays for a short context. It does not ask why the context is short: a policy that never looks anything up has a very short one.':
    '其中一部分奖励短的上下文。它不问上下文为什么短：从不检索的策略，上下文就很短。',
  'T used is the tokens in C when the answer is made, T max the budget of 160 tokens.':
    'T_used 是作出回答时 C 中的词元数，T_max 是 160 个词元的预算。',
  'Another pays for good entries, even if they are never read again. And by the letter of the paper any update is paid as maintenance (eq. 24), so a policy may update for the sake of it. Here an update counts only if the right thing was replaced.':
    '另一部分奖励好条目，哪怕它们再也没有被读过。而按论文的字面，任何更新都算作维护而得到奖励（式 (24)），于是策略可能为更新而更新。在这里，只有替换了该替换的内容，更新才算数。',
  'What comes of paying for any update is in an exhibit: two training runs that differ in this alone. Paid for any update, the policy changes memory more often and keeps it worse.':
    '给任何更新都付奖励会怎样，有一个展示：两次训练只差这一点。任何更新都有奖励时，策略改动记忆更频繁，记忆却管理得更差。',
  'Open the exhibit': '打开这个展示',
  'The share of good entries among those added in stage 1.': '第 1 阶段写入的条目中，好条目所占的份额。',
  'The base policy plays. “Run episode” plays to the end; “Next task” brings the next one.':
    '现在由基础策略来玩。点“运行回合”运行到底；点“下一个任务”换下一个。',
  'Find an episode that is paid at least {least} although its answer is wrong.':
    '请找出一个回答错误、却至少得到 {least} 的回合。',
  'Play task after task, or the same task with other dice. It takes a policy that does something right and then does not use it.':
    '一个接一个地玩任务，或用别的骰子玩同一个任务。要找的是这样的策略：做对了某件事，后来却没有用上。',
  'Paid for the answer alone, the same episode with the same dice gets nothing. Then nothing can be hacked, but a policy that stored the right thing and forgot to look it up learns no more than one that stored nothing.':
    '若只奖励答案，同样的回合、同样的骰子就什么也得不到。这样就没有空子可钻，但存对了内容却忘了检索的策略，学到的并不比什么都没存的策略更多。',
  'Pay for the answer alone': '只奖励答案',

  // 5
  'A group and its advantage': '组与优势',
  'How eight rollouts of one task become eight marks, and when they teach nothing.':
    '同一任务的八个 rollout 怎样变成八个分数，以及它们什么时候什么也教不了。',
  'Nobody knows what a reward of 0.6 is worth: the task may be hard or easy. GRPO plays the same task several times with different dice and compares. Press “Run group”.':
    '没有人知道 0.6 的奖励算好还是算差：任务可能难，也可能容易。GRPO 用不同的骰子把同一个任务玩几次，再作比较。点“运行组”。',
  'Each lane is one rollout. The advantage is how far its reward lies above or below the mean of its group, in standard deviations. What lies above becomes likelier, what lies below less likely.':
    '每条泳道是一个 rollout。优势是它的奖励高于或低于组均值多少，以标准差计。高于均值的变得更可能出现，低于均值的变得更不可能出现。',
  'The advantage of rollout k is its reward minus the mean of the K rewards, divided by their standard deviation, computed with K − 1. Epsilon keeps the division possible.':
    '第 k 个 rollout 的优势，是它的奖励减去 K 个奖励的均值，再除以它们的标准差（用 K − 1 计算）。ε 使除法总能进行。',
  'Because of the division a small difference counts as much as a large one. Switch it off and on, and choose a lane to see its formula with its numbers.':
    '由于这个除法，小的差别与大的差别分量相同。把它关掉再打开，并选一条泳道，看代入数值的公式。',
  'If all rewards of a group are the same, no rollout is better than another: every advantage is zero, and with it the gradient. The time spent on playing was spent for nothing.':
    '若一个组的所有奖励都相同，就没有哪个 rollout 比别的更好：每个优势都是零，梯度也是零。运行所花的时间就白费了。',
  'Make a group that teaches nothing: one in which all rewards are equal.':
    '请做出一个什么也教不了的组：其中所有奖励都相等。',
  'The fewer rollouts, the fewer differences; an easy task and a good player help. Or pay for the answer alone: then there are only a few rewards there can be.':
    'rollout 越少，差别越少；容易的任务和好的策略也有帮助。或者只奖励答案：这样可能的奖励值就只有几个。',
  'Such groups are counted while training (TRL calls the share frac_reward_zero_std). They get more as the policy gets better, and many more if only the answer is paid: one reason to pay for the parts.':
    '训练时会统计这样的组（TRL 把其份额称为 frac_reward_zero_std）。策略越好，这样的组越多；若只奖励答案，还会多得多：这正是分项给奖励的理由之一。',

  // 6
  'Credit over many steps': '跨越多步的信用分配',
  'Which steps of an episode are praised or blamed, and what speaks against it.':
    '回合中哪些步受到奖赏或责备，以及对此有什么反对意见。',
  'The reward comes at the end, but what earned it may have happened many steps before: a fact stored in stage 1 is paid for in stage 3. Press “Run group”.':
    '奖励在最后才来，但挣得它的事可能发生在许多步之前：第 1 阶段存下的事实，到第 3 阶段才有回报。点“运行组”。',
  'AgeMem hands the advantage of a rollout to every one of its steps, in all stages. That is how the step that stored something is reached at all.':
    'AgeMem 把 rollout 的优势交给它在所有阶段中的每一步。这样，信用才能到达存储内容的那一步。',
  '\\text{for every step } t \\text{ of rollout } k': '\\text{对 rollout } k \\text{ 的每一步 } t',
  'The advantage of step t in rollout k is the advantage of the whole rollout: it is broadcast.':
    'rollout k 中第 t 步的优势就是整个 rollout 的优势：这就是广播。',
  'The objection: a step that did no harm in a bad rollout is blamed with the rest. And step 4 of two rollouts cannot be compared, because by then their memories differ: they do not stand in the same state.':
    '反对意见是：差的 rollout 中无害的一步也跟着受责备。而且两个 rollout 的第 4 步无法比较，因为那时它们的记忆已经不同：它们并不处在同一个状态。',
  'A fork answers it. One memory state is taken, and several continuations are played from it. They share their past, so the differences between them come from what was done after it, and only that gets credit.':
    '分叉回应了这个意见。取一个记忆状态，从它出发运行几个延续。它们有共同的过去，因此彼此的差别都来自此后的动作，也只有这些动作分得信用。',
  'Steps of the common past get no advantage; steps after the fork get that of their continuation, normalised among the continuations of the same state.':
    '共同的过去中的各步没有优势；分叉之后的各步得到所属延续的优势，它在同一状态的各延续之间归一化。',
  'Find a step that the broadcast and a fork judge differently: one praises it and the other blames it, or one of them has nothing to say. The difference has to be larger than its error.':
    '请找出广播与分叉判断不同的一步：一个奖赏它而另一个责备它，或者其中一个无话可说。差别必须大于它的误差。',
  'Choose a rollout far from the mean, and in it a step that others take as well, like answering small talk; then “Fork here”. Late steps are often settled: all continuations are paid the same.':
    '选一个离均值远的 rollout，再选其中别的 rollout 也会走的一步，例如应答闲聊；然后点“在此分叉”。靠后的步往往大局已定：所有延续得到的奖励都相同。',
  'A fork of every step would cost many more rollouts, and a few continuations are a rough measure. One can also train on forks: choose “continuations of one state (fork)” as the advantage of a run, and set the curves against those of a broadcast.':
    '从每一步都分叉要多花许多 rollout，而少数几个延续只是粗略的度量。也可以用分叉来训练：把训练的优势选为“同一状态的多个延续（分叉）”，再把曲线与广播的曲线对照。',

  // 7
  LoRA: 'LoRA',
  'What training changes in the policy, and where one can see it.':
    '训练改变了策略中的什么，在哪里可以看到。',
  'Training leaves the weights of the policy alone. Beside each linear layer W stands an adapter: two thin matrices whose product is added. Their rank r is small, so there is little to learn and little to keep.':
    '训练不动策略的权重。在每个线性层 W 旁有一个适配器：两个瘦长的矩阵，把它们的乘积加上去。它们的秩 r 很小，因此要学的少，要保存的也少。',
  'The layer in force is W plus B times A, scaled by alpha over r. A maps the input of the layer to r numbers, B maps those to its output.':
    '实际起作用的层是 W 加上 B 乘 A，后者乘以 α / r。A 把层的输入映射为 r 个数，B 再把它们映射为层的输出。',
  'B begins at zero, so at first the adapter adds nothing and the policy is exactly the base policy. That is also how the reference of the KL term is had for nothing: the same model with the adapter off.':
    'B 从零开始，所以起初适配器什么也不加，策略就是基础策略。KL 项的参考策略也因此不费分毫：就是关掉适配器的同一个模型。',
  'With B zero the layer is the base layer. The reference policy is the policy without its adapter.':
    'B 为零时，这一层就是基础层。参考策略就是不带适配器的策略。',
  'One update is enough to see it. It plays two groups of eight and takes a few seconds. Runs that are kept in this browser stay.':
    '更新一次就足以看到它。它运行两组、每组八个 rollout，需要几秒钟。保存在这个浏览器里的训练都会留着。',
  'Set up a run of one update': '设置一次只更新一回的训练',
  'Press “Train” and wait until the update is done.': '点“开始训练”，等更新完成。',
  'Now let the adapter you have just trained play: choose “Trained in this tab” as the player.':
    '现在让您刚训练的适配器来玩：在“由谁来玩”中选“在本页训练的”。',
  'Look inside a token that your adapter wrote, and let the lab show what the adapter added there.':
    '请查看您的适配器所写的一个词元的内部，让实验室显示适配器在那里加上了什么。',
  'With “Trained in this tab” as the player press “Step”, then “Look inside”. The base policy has no adapter, and the shipped one is not yours.':
    '选“在本页训练的”来玩，点“一步”，再点“查看内部”。基础策略没有适配器，随附的适配器不是您的。',
  'After one update it is little. The shipped adapter went through a whole run: let it play the same task, look inside the same token, and compare.':
    '只更新一次，加上的很少。随附的适配器经过了一整次训练：让它来玩同一个任务，查看同一个词元的内部，再作比较。',
  'Let the shipped adapter play': '让随附的适配器来玩',

  // 8
  'Before and after': '训练前后',
  'What the trained policy does differently, and how far that reaches.':
    '训练后的策略在做法上有什么不同，这种不同又能延伸多远。',
  'The same task and the same dice, played without an adapter and with one: press “Replay side by side”. Read the two lists of moves, not only the rewards.':
    '同样的任务、同样的骰子，一次不带适配器，一次带适配器：点“并排重放”。请读两边的动作列表，不要只看奖励。',
  'Training moved the adapter a little after each batch of groups: likelier what had an advantage, not too far from where it began.':
    '每运行一批组，训练就把适配器移动一点：让有优势的更可能出现，又不离起点太远。',
  'Over all steps: the ratio rho of the new probability of an action to its old one, times the advantage of the step, less beta times the distance from the reference policy (eq. 3 to 6).':
    '对所有步取平均：动作的新概率与旧概率之比 ρ，乘以该步的优势，再减去 β 乘以与参考策略的距离（式 (3) 至式 (6)）。',
  'One task proves nothing. The table of many held-out tasks says more: none of them was trained on.':
    '单个任务证明不了什么。许多留出任务的表格更有说服力：它们都没有用于训练。',
  'Held out is not the same as different. In the set “sentences never seen” facts are told in words the policy never met. Set it up, and replay a few tasks.':
    '留出并不等于不同。在任务集“未见过的句式”中，事实是用策略从没遇到过的说法讲出来的。设置好它，再重放几个任务。',
  'Set up sentences never seen': '设置未见过的句式',
  'Training is no magic. Find a task on which an adapter is paid less than the base policy.':
    '训练不是魔法。请找出一个任务，使适配器在其上得到的奖励比基础策略少。',
  'Where sentences are new the adapter uses its tools with confidence and without success. “Next task”, then “Replay side by side”.':
    '遇到新的句式，适配器会自信地使用工具，却不成功。点“下一个任务”，再点“并排重放”。',
  'A figure holds for the tasks it was measured on. The README of the project and its docs say for each table which they were.':
    '一个数字只对测量它所用的任务成立。项目的 README 和 docs 对每张表都说明了用的是哪些任务。',
};
