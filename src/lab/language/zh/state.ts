/** Chinese of what the page does and waits for, and of what goes wrong between it and its worker. */
import type { Dictionary } from '../language';

export const state: Dictionary = {
  'Playing the first step': '正在运行第一步',
  'Opening the episode': '正在打开回合',
  'The policy is writing': '策略正在书写',
  'Playing the episode to its end': '正在把回合运行到底',
  'Playing {n} rollouts of this task': '正在运行这个任务的 {n} 个 rollout',
  'Playing continuations of rollout {rollout} from step {step} on':
    '正在从第 {step} 步起运行 rollout {rollout} 的延续',
  'Playing the episode otherwise': '正在以另一种方式运行回合',
  'Carrying out the script': '正在执行脚本',
  'Playing a group otherwise': '正在以另一种方式运行一组',
  'Playing the held-out tasks': '正在运行留出任务',
  'Replaying the task with each adapter': '正在用每个适配器重新运行任务',
  'Looking inside the policy': '正在查看策略内部',
  'Capturing an intermediate': '正在截取一个中间量',
  'Measuring the kernels of one pass': '正在测量一次计算的各个内核',
  'Measuring what the adapter changed': '正在测量适配器改变了什么',
  'Asking base and adapter for decisions': '正在询问基础策略与适配器的决定',
  'Playing at strength {strength}': '正在以强度 {strength} 运行',
  'Preparing the training run': '正在准备训练',
  'Restoring the checkpoint': '正在恢复检查点',
  'Taking back the last update': '正在撤回最近一次更新',
  'The browser has promised to keep what this site stores.': '浏览器已承诺保留本站存储的内容。',
  'The browser has made no promise: it may clear this site when space runs short. An exported file keeps your memory in any case.':
    '浏览器没有作出承诺：空间不足时它可能清除本站的数据。导出的文件在任何情况下都能保住您的记忆。',
  'Looking for a device to compute on': '正在寻找可用于计算的设备',
  "Reading the policy's weights": '正在读取策略的权重',
  'Reading the trained adapter': '正在读取训练好的适配器',
  'Opening long-term memory': '正在打开长期记忆',
  'Looking for a run to continue': '正在寻找可以继续的训练',
  'Memory is kept in IndexedDB and searched by the voy index (WebAssembly), above {n} entries by an exact scan in WebAssembly SIMD.':
    '记忆保存在 IndexedDB 中，用 voy 索引（WebAssembly）检索，超过 {n} 条时用 WebAssembly SIMD 精确扫描。',
  'Memory is kept in IndexedDB and searched by the voy index (WebAssembly), above {n} entries by an exact scan.':
    '记忆保存在 IndexedDB 中，用 voy 索引（WebAssembly）检索，超过 {n} 条时用精确扫描。',
  'Memory is kept in IndexedDB and searched by an exact scan, above {n} entries by an exact scan in WebAssembly SIMD.':
    '记忆保存在 IndexedDB 中，用精确扫描检索，超过 {n} 条时用 WebAssembly SIMD 精确扫描。',
  'one pass a token': '每个词元计算一次',
  'many tokens a dispatch, one workgroup a rollout': '一次派发计算多个词元，每个 rollout 一个工作组',
  'Memory is kept in IndexedDB and searched by an exact scan.': '记忆保存在 IndexedDB 中，用精确扫描检索。',
  'Reset the episode, or reload the page.': '请重置回合，或重新载入页面。',
  'Something unexpected happened: {what}.': '发生了意料之外的事：{what}。',
  'A message between the page and its worker could not be read.': '页面与其 worker 之间的一条消息无法读取。',
  'Reload the page.': '请重新载入页面。',
  'The part of the lab that runs the model stopped or could not be loaded ({detail}).':
    '实验室中运行模型的部分已停止，或无法载入（{detail}）。',
  'The part of the lab that runs the model stopped or could not be loaded.':
    '实验室中运行模型的部分已停止，或无法载入。',
  'Reload the page. If that does not help, use a current version of Chrome, Edge, Firefox or Safari.':
    '请重新载入页面。若仍不行，请使用最新版的 Chrome、Edge、Firefox 或 Safari。',
  'Measuring what a step takes': '正在测量一步需要多少',
};
