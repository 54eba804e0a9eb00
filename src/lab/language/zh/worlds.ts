/** Chinese of the worlds of stage 3. */
import type { Dictionary } from '../language';

export const worlds: Dictionary = {
  About: '关于',
  'people and their lives': '人物与生活',
  'a house with boxes': '有箱子的房子',
  'a long day of questions': '问题不断的漫长一天',
  'HotpotQA: articles': 'HotpotQA：文章',
  'BabyAI: a grid': 'BabyAI：网格',
  'PDDL: planning': 'PDDL：规划',
  'ALFWorld: a household': 'ALFWorld：家务',
  'ScienceWorld (a subset): a lab': 'ScienceWorld（子集）：实验室',
  'the demonstrator, a script': '示范者（脚本）',
  'A script plays that knows the rules of this world and, of the task, what it stored.':
    '由脚本行动：它知道这个世界的规则；至于任务，只知道它存下的内容。',
  'The policy that acts was never taught this world: expect it to fail. The demonstrator shows how it is done.':
    '正在行动的策略从未学过这个世界：它多半会失败。示范者会演示怎么做。',
  'The policy that acts was taught this world.': '正在行动的策略学过这个世界。',
  'Let the policy act that was taught it': '换学过它的策略来行动',
  'The policy that was taught it is left out of this copy of the lab, to keep it small.':
    '为了保持小巧，这份实验室没有带上学过它的策略。',
  'The world': '世界',
  'Where stage 3 takes place, at the moment on view. The policy never sees this picture, only the texts.':
    '阶段 3 发生的地方，显示当前所看时刻的样子。策略看不到这幅图，只看到文字。',
  'This world has no picture.': '这个世界没有图。',
  'Stage 3 has not begun: this is the world as it will be found.': '阶段 3 尚未开始：世界届时就是这个样子。',
  Goal: '目标',
  '✓ holds': '✓ 成立',
  '○ not yet': '○ 尚未',
  'facing right': '朝右',
  'facing down': '朝下',
  'facing left': '朝左',
  'facing up': '朝上',
  'A grid of {width} by {height} cells seen from above, listed in words below':
    '从上方看的 {width} × {height} 网格，下面以文字列出',
  Mission: '任务',
  'The agent is in column {x}, row {y}, {facing}.': '智能体在第 {x} 列第 {y} 行，{facing}。',
  'It carries nothing.': '它没有拿东西。',
  'It carries:': '它拿着：',
  'column {x}, row {y}': '第 {x} 列第 {y} 行',
  'out of sight': '看不见',
  Places: '地点',
  '◂ the agent is here': '◂ 智能体在这里',
  'Ways:': '通路：',
  'In the hand': '手里',
  'What holds': '成立的事实',
  'Blocks as they stand, listed in words below': '积木的摆放，下面以文字列出',
  Actions: '动作',
  'had no effect': '没有效果',
  Paragraphs: '段落',
  '◂ supports the answer': '◂ 支持答案',
  '◂ corrected later': '◂ 后来被更正',
};
