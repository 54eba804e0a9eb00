/** Chinese of the table as it is played here: choices, progress, cells and the episodes behind them. */
import type { Dictionary } from '../language';

export const tablePlayed: Dictionary = {
  'Playing a seed of the table again': '正在重演结果表的一个种子',
  'Playing an episode of the table again': '正在重演结果表的一个回合',
  'Played as a cell of the table: {method}.': '按结果表的一格来演：{method}。',
  'Back to the usual rules': '回到通常的规则',

  'Play it here': '在此重演',
  'Choose what to play': '选择要演什么',
  'What is played': '演什么',
  'Who acts': '谁来行动',
  'the model that acts': '行动的模型',
  '{model}, AgeMem with the shipped adapter': '{model}，AgeMem 带随附的适配器',
  '{model}, AgeMem with the adapter of this tab': '{model}，AgeMem 带本标签页的适配器',
  '{model}, with that adapter': '{model}，带该适配器',
  '{model}, no adapter': '{model}，不带适配器',
  'Other memories act with the adapter too': '其他记忆也带适配器行动',
  Seeds: '种子数',
  'Episodes a seed': '每个种子的回合数',
  '4, quick': '4，快速',
  '20, as recorded': '20，与录下的相同',
  '100, thorough': '100，细致',
  Methods: '方法',
  Worlds: '世界',
  'experts have no tools': '专家没有工具',
  'no adapter is here': '这里没有适配器',
  'needs a model that was trained so': '需要这样训练过的模型',
  cell: '格',
  seed: '个种子',
  '{cells} × {seeds}: {episodes} in all. The page stays usable meanwhile; what was played stays.':
    '{cells} × {seeds}：共 {episodes}。其间页面照常可用；演过的会留下。',
  'One seed gives no interval.': '只有一个种子就没有区间。',
  'Run the table': '开始演结果表',
  'Save as JSON Lines': '存为 JSON Lines',
  'Delete what was played here …': '删除在此演过的 …',
  'Delete all results played in this browser': '删除此浏览器演过的全部结果',
  'Keep them': '保留',

  'The table is paused.': '结果表已暂停。',
  'The table waits until nothing else uses the model.': '结果表要等到没有别的在用模型。',
  'The table is being played.': '正在演结果表。',
  'Under way: {method} in “{world}”.': '正在演：{method}，在“{world}”中。',
  'Seeds of cells played': '已演的种子',
  'Go on§with the table': '继续',
  'Pause the table': '暂停结果表',
  'Stop the table': '停止结果表',
  'Stopped: {done} of {seeds} are kept.': '已停止：{seeds}中保留了 {done} 个。',
  'Stopped, because another model acts or acts otherwise: {done} of {seeds} are kept.':
    '因为换了模型或换了用法而停止：{seeds}中保留了 {done} 个。',
  'Stopped, because the adapter of this tab becomes another: {done} of {seeds} are kept.':
    '因为本标签页的适配器要变而停止：{seeds}中保留了 {done} 个。',
  'Stopped, because another kind of device computes now: {done} of {seeds} are kept.':
    '因为换了另一种设备计算而停止：{seeds}中保留了 {done} 个。',
  'Cut off when the page was left: {done} of {seeds} are kept.':
    '离开页面时中断：{seeds}中保留了 {done} 个。',
  'Waits until nothing else uses the model: {done} of {seeds} are played.':
    '等到没有别的在用模型：{seeds}中已演 {done} 个。',
  '{done} of {seeds} are played.': '{seeds}中已演 {done} 个。',
  'Paused: {done} of {seeds} are played.': '已暂停：{seeds}中已演 {done} 个。',
  'All {seeds} are played.': '{seeds}都演完了。',
  'Ended early: {done} of {seeds} are kept.': '提前结束：{seeds}中保留了 {done} 个。',
  '{method} in “{world}”, seed {seed}: {finished} of {episodes}.':
    '{method}在“{world}”中，种子 {seed}：{episodes}中已演 {finished} 个。',

  'Shown as': '显示为',
  values: '数值',
  'differences, paired by seed': '差值，按种子配对',
  'the file {name}': '文件 {name}',
  'Lines of a table from a file': '从文件读入结果表的行',
  'Line {n} of the file is no line of a table.': '文件的第 {n} 行不是结果表的行。',
  'Mean ± half of the 95 % interval over seeds; n episodes': '均值 ± 各种子间 95% 区间的一半；n 为回合数',
  'Difference to “{reference}”, seed by seed: mean ± half of the 95 % interval':
    '与“{reference}”逐个种子之差：均值 ± 95% 区间的一半',
  'Difference to “{reference}”, of what was played here to “{own}”, seed by seed: mean ± half of the 95 % interval':
    '与“{reference}”逐个种子之差，在此演过的则与“{own}”之差：均值 ± 95% 区间的一半',
  here: '此处',
  better: '更好',
  worse: '更差',
  more: '更多',
  less: '更少',
  'no clear difference': '无明显差别',
  'one seed': '只有一个种子',
  'compared with': '比较的基准',
  'not measured': '未测',
  'Episodes of {cell}': '{cell}的回合',
  'Episodes of {cell}, played here': '{cell}的回合，在此演过',

  'Played by {policy}.': '由 {policy} 来演。',
  'Played by {policy} on {backend}.': '由 {policy} 在 {backend} 上演。',
  'Task and dice follow from the seed, so each can be played again.':
    '任务与骰子都由种子决定，所以每个回合都能重演。',
  '{seed}, mean {mean}': '{seed}，均值 {mean}',
  Close: '关闭',
  'Play this seed again': '重演这个种子',
  'Cancel: {finished} of {total}': '取消：{finished} / {total}',
  'The weights that played this cell are not here, so its episodes cannot be opened.':
    '演这一格的权重不在这里，所以打不开它的回合。',
  'This cell was played by “{title}”; another model acts now.':
    '这一格是“{title}”演的；现在行动的是别的模型。',
  'Let it act': '让它来行动',
  'Episode {n}': '回合 {n}',
  'Episode {n}: {score}': '回合 {n}：{score}',
  'Episode {n}: {score}, {why}': '回合 {n}：{score}，{why}',
  'Episode {n} is on view above, played to its end.': '回合 {n} 已在上方演到结束。',
  'Played again: mean {mean}.': '已重演：均值 {mean}。',
  'Played again: mean {mean}, the same.': '已重演：均值 {mean}，相同。',
  'Played again: mean {mean}, and in the cell {before}. {why}':
    '已重演：均值 {mean}，而格中是 {before}。{why}',
  'Its weights were others ({old}; here {now}), though they have the same name.':
    '当时的权重不同（{old}；这里是 {now}），虽然名称相同。',
  'It was played under version {old} of tasks, memories and scores; here it is {now}.':
    '当时任务、记忆与计分的版本是 {old}；这里是 {now}。',
  'Its episodes may go otherwise here.': '它的回合在这里可能有所不同。',
  'All that it depends on is the same here: this should not be, and is an error of the lab.':
    '它所依赖的一切在这里都相同：不应有差别，这是实验室的错误。',
  'Its line does not tell its weights: they may have been others.':
    '它的行没有说明权重：当时可能是别的权重。',
  'The device is of the same kind; even so sums may be rounded otherwise.':
    '设备种类相同；即便如此，求和的舍入也可能不同。',
  'It was played on {old}, here it is {now}: another device may round otherwise.':
    '当时在 {old} 上运行，这里是 {now}：别的设备舍入可能不同。',

  'Episode {n} of {method}': '{method}的回合 {n}',
  'Score {score}: {why}.': '得分 {score}：{why}。',
  'Short-term memory was emptied.': '短期记忆被清空。',
  'The policy is given {tokens}': '策略读到 {tokens}',
  'The end: {why}.': '结束：{why}。',
  'At the end of the stage': '阶段结束时',
};
