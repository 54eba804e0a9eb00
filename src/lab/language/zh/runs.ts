/** Chinese of the runs that are kept: their list, their files, runs over each other. */
import type { Dictionary } from '../language';

export const runs: Dictionary = {
  'The list of runs': '训练记录列表',
  'Loading the list of runs …': '正在载入训练记录列表 …',
  'Runs kept in this browser': '保存在此浏览器中的训练',
  '{preset}, {steps}, seed {seed}, {when}': '{preset}，{steps}，种子 {seed}，{when}',
  '{name} (copy)': '{name}（副本）',
  '{name} (copy {n})': '{name}（副本 {n}）',
  Tasks: '任务',
  'made up by the seed': '由种子生成',
  'own set {name}': '自有任务集 {name}',
  never: '从不',
  run: '次训练',
  'Reload the page.': '请重新载入页面。',
  'Renamed.': '已重命名。',
  'Deleted: {name}.': '已删除：{name}。',
  'The run is back.': '训练已恢复。',
  'Wrote {file}.': '已写出 {file}。',
  'Wrote {file}, without the rollouts of the first {steps}: with them it could not be read back.':
    '已写出 {file}，其中不含最初 {steps}的 rollout：否则将无法读回。',
  'The rollouts of {steps} are damaged and left out.': '其中 {steps}的 rollout 已损坏，未写入。',
  'Imported as a copy: the run it was made of is here already.': '已作为副本导入：原来的训练已在这里。',
  'The run was imported. Open it to see its curves and go on with it.':
    '训练已导入。打开它即可查看曲线并继续训练。',
  'Reading the list of runs …': '正在读取训练记录列表 …',
  'This browser keeps nothing here: a run lasts as long as this tab.':
    '此浏览器在这里不保存任何内容：训练只在本标签页打开期间存在。',
  'A run is saved after every step; starting another one leaves it as it is. Nothing leaves this machine unless you export it.':
    '训练在每一步之后保存；开始另一次训练不会改动它。除非您导出，任何内容都不会离开本机。',
  'There is no room for the last step. Export and delete a run that you no longer need.':
    '没有空间保存最后一步。请导出并删除不再需要的训练。',
  '{runs} kept here, {bytes} together.': '此处保存了 {runs}，共 {bytes}。',
  'Train one, or bring one in from a file.': '训练一次，或从文件导入。',
  'a damaged run': '一次损坏的训练',
  'Take back the deletion of {name}': '撤销删除 {name}',
  'Tasks, rewards, prompts, tools and adapter with configurations for Trinity-RFT and TRL, in one zip. Left empty, the tasks are those the run was trained and measured on.':
    '任务、奖励、提示词、工具和适配器，连同 Trinity-RFT 与 TRL 的配置，放在一个 zip 里。留空时，任务就是这次训练所用和所评估的那些。',
  'Number of training tasks': '训练任务数',
  'Number of held-out tasks': '留出任务数',
  'For training at scale, zip': '用于大规模训练，zip',
  'Wrote {file} with {train} to train on and {heldOut} held out.':
    '已写出 {file}，其中 {train}用于训练，{heldOut}留出。',
  'The adapter was imported as a run without steps. Open it to play with it and go on from it.':
    '适配器已导入为一次没有步数的训练。打开它即可用它来玩，并从它继续训练。',
  'The adapter was imported as a run without steps. Its shapes fit; its files do not say which weights it was trained on.':
    '适配器已导入为一次没有步数的训练。形状相符；它的文件没有说明是在哪些权重上训练的。',
  'Import a PEFT adapter: its two files, or a zip of them':
    '导入 PEFT 适配器：它的两个文件，或装有它们的 zip',
  'Import a run from its zip': '从 zip 导入训练',
  'Opening the run': '正在打开训练',
  'on view': '当前显示',
  'All settings': '全部设置',
  Open: '打开',
  'Go on training': '继续训练',
  'Play the episode with it': '用它来玩当前回合',
  Rename: '重命名',
  Compare: '比较',
  'Delete …': '删除 …',
  '“{name}” goes: {steps} of training with its adapter, optimiser, curves and the rollouts of {rollouts}, {bytes}.':
    '将删除“{name}”：{steps}训练及其适配器、优化器、曲线和 {rollouts}的 rollout，共 {bytes}。',
  'Delete this run': '删除这次训练',
  '{done} of {steps} done': '已完成 {done}，共 {steps}',
  'held-out reward {reward}, standard error {stderr}, after step {step}':
    '第 {step} 步后留出奖励 {reward}，标准误 {stderr}',
  'no held-out score': '没有留出得分',
  'saved {when}': '保存于 {when}',
  'Name; left empty, it goes by settings and date': '名称；留空则按设置和日期命名',
  'Save the name': '保存名称',
  'Whole run, zip': '整个训练，zip',
  'Metrics, CSV': '指标，CSV',
  'Trajectories, JSON Lines': '轨迹，JSON Lines',
  'Adapter, PEFT zip': '适配器，PEFT zip',
  Export: '导出',
  '“{name}” goes, and whatever can still be read of it.': '将删除“{name}”及其中仍可读取的内容。',
  'Reward, training tasks': '奖励，训练任务',
  'mean over rollouts': '对 rollout 取均值',
  'Task part': '任务部分',
  'Context part': '上下文部分',
  'Memory part': '记忆部分',
  'Choose other runs.': '请选择其他训练。',
  'Runs compared': '训练对比',
  Compared: '对比',
  'Choose two to six runs to see their curves over each other.':
    '选择二到六次训练，将它们的曲线叠在一起查看。',
  'Reward, held-out tasks': '奖励，留出任务',
  'mean over episodes': '对回合取均值',
  'They are trained with the same settings.': '它们的训练设置相同。',
  'Where they differ': '不同之处',
  Setting: '设置',
  'Trained on another model than the one that acts.': '在另一个模型上训练，不是当前行动的模型。',
  'Trained on the bundled policy of a site. Open that model to go on with it.':
    '在某个站点自带的策略上训练。要继续，请打开该模型。',
  'Trained on {name}. Open that model to go on with it.': '在 {name} 上训练。要继续，请打开该模型。',
};
