/** Chinese of the frame of the lessons, and of what they say about the moment on view. */
import type { Dictionary } from '../language';

export const lessons: Dictionary = {
  'All lessons': '全部课程',
  'Close the lessons': '关闭课程',
  'There is no lesson {missing}. These are the {all} there are.':
    '没有第 {missing} 课。现有的是这 {all} 课。',
  'Each takes some minutes, drives the page beside it, and ends with something to find. {done} of {all} done; that is kept in this browser only.':
    '每课需要几分钟，会带动旁边的页面，最后有一样东西要您找出来。已完成 {done}/{all} 课；进度只存在这个浏览器里。',
  'Forget my progress': '清除我的进度',
  '(done)': '（已完成）',
  done: '已完成',
  'Lesson {number} of {of}': '第 {number} 课，共 {of} 课',
  'Steps of the lesson': '本课的步骤',
  'Set the lab up for this lesson': '为本课设置好实验室',
  'Previous step': '上一步',
  'Next step': '下一步',
  'To the question': '去看问题',
  'Show {part}': '前往：{part}',
  '{part} is hidden by this link.': '这个链接隐藏了：{part}。',
  'Bring it back': '恢复显示',
  'Now you': '轮到您了',
  'A hint': '提示一下',
  'That is it.': '正是这样。',
  'The lab watches what is on the page and says here what it makes of it.':
    '实验室会观察页面上的内容，并在这里说出它的判断。',
  'You have answered this question before.': '您以前回答过这个问题。',
  'And then': '接下来',
  'Next lesson': '下一课',

  'For a class': '用于课堂',
  'The address of this page holds everything it is set to: task, seed, dice, player, weights, settings of a run, and what is left out here. It is a link to hand out, and nothing is sent anywhere. “Present”, or {key}, makes the type large enough for a wall.':
    '本页的地址包含它的全部设置：任务、种子、骰子、由谁来玩、权重、训练的设置，以及在这里省去的部分。它是可以分发的链接，不会有任何内容发送到别处。点“演示”或按 {key} 键，字号就大到可以投影。',
  'Leave out': '省去',
  'Copied.': '已复制。',
  'This browser does not let the page copy. Copy the address above the page instead.':
    '这个浏览器不允许页面复制。请复制页面上方的地址。',
  'Copy the link': '复制链接',

  'Moment {n}, between the stages': '时刻 {n}，两个阶段之间',
  'Moment {n}, stage {stage}': '时刻 {n}，第 {stage} 阶段',
  ' and §between tools': ' 和 ',
  '{place}: the context is not emptied here.': '{place}：上下文不是在这里清空的。',
  '{place}: the context goes from {before} to {after} tokens. Beside it, long-term memory stays as it was.':
    '{place}：上下文从 {before} 个词元减到 {after} 个。旁边的长期记忆保持原样。',
  '{place}: {tool} took the context from {before} to {after} tokens.':
    '{place}：{tool} 把上下文从 {before} 个词元减到 {after} 个。',
  '{place}: here the context is emptied, but by the rules of the episode and not by a tool.':
    '{place}：上下文在这里被清空，但这是回合的规则所为，而不是工具。',
  '{place}: it calls {tools}, and no message leaves the context.':
    '{place}：它调用了 {tools}，没有消息离开上下文。',
  '{place}: no tool is called in it, and no message leaves the context.':
    '{place}：其中没有调用工具，也没有消息离开上下文。',
  '{place}: it calls {tools}.': '{place}：它调用了 {tools}。',
  '{place}: no tool is called in it.': '{place}：其中没有调用工具。',
  '{place}: the query “{query}” brought back “{entry}” with a cosine of {cosine}.':
    '{place}：查询“{query}”找回了“{entry}”，余弦为 {cosine}。',
  'This episode has not been played to its end yet.': '这个回合还没有运行到底。',
  'For this question each part has to weigh 1/3.': '回答这个问题时，每一部分的权重必须是 1/3。',
  'It was paid {paid}, but its answer is right, at least in part.':
    '它得了 {paid}，但它的回答是对的，至少部分正确。',
  'It was paid {paid} for a wrong answer: less than {least}.': '它的回答错了，得了 {paid}：不到 {least}。',
  'It was paid {paid} for a wrong answer. Most of it came from {parts}.':
    '它的回答错了，仍得了 {paid}。其中大部分来自：{parts}。',
  rollout: '个 rollout',
  '{rollouts}, mean reward {mean}, standard deviation {std}: this group teaches.':
    '{rollouts}，平均奖励 {mean}，标准差 {std}：从这个组能学到东西。',
  '{rollouts}, mean reward {mean}, no spread: every advantage is 0, and so is the gradient.':
    '{rollouts}，平均奖励 {mean}，离散程度为零：每个优势都是 0，梯度也是 0。',
  'There is a group, but none of its steps has been forked yet.': '已有一个组，但还没有从它的任何一步分叉。',
  'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: both push it the same way. Fork another step.':
    'rollout {rollout} 的第 {step} 步，按广播得 {broadcast}，按分叉得 {forked}：两者把它推向同一个方向。请从另一步分叉。',
  'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: they push it opposite ways.':
    'rollout {rollout} 的第 {step} 步，按广播得 {broadcast}，按分叉得 {forked}：两者把它推向相反的方向。',
  'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: from there on nothing was left to decide, and yet the broadcast pushes it.':
    'rollout {rollout} 的第 {step} 步，按广播得 {broadcast}，按分叉得 {forked}：从那里起已没有什么可决定的，广播却仍在推动它。',
  'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: the broadcast is silent where the fork is not.':
    'rollout {rollout} 的第 {step} 步，按广播得 {broadcast}，按分叉得 {forked}：分叉有话要说，广播却沉默。',
  'Step {step} of rollout {rollout}: what came from it on is {after}, less than the error of ± {error}. That is too close to tell. Fork it with more continuations, or another step.':
    'rollout {rollout} 的第 {step} 步：从它起得到的是 {after}，小于误差 ± {error}。相差太小，无法判断。请用更多的延续从它分叉，或从另一步分叉。',
  'Your adapter plays. Now look inside one of its tokens.':
    '现在由您的适配器来玩。请查看它所写的一个词元的内部。',
  'An adapter has been trained, but another player is on.': '适配器已经训练好，但现在由别的策略来玩。',
  'You looked inside a token of the shipped adapter. Train one of your own.':
    '您查看的是随附适配器所写的词元。请训练一个您自己的。',
  'You looked inside a token of the base policy: no adapter, nothing added.':
    '您查看的是基础策略所写的词元：没有适配器，也就没有加上什么。',
  'Your adapter adds nothing here yet.': '您的适配器在这里还没有加上任何东西。',
  'In layer {layer} it added most to `{module}`: a vector of norm {delta} in an output of norm {output}.':
    '在第 {layer} 层，它在 `{module}` 上加得最多：加上的向量范数为 {delta}，整个输出的范数为 {output}。',
  '{adapter}: {reward}': '{adapter}：{reward}',
  '. §between figures': '；',
  '{figures}.': '{figures}。',
  Formula: '公式',
};
