/** Chinese of where the lab runs: what the browser lacks, what is kept for use without a network, new versions. */
import type { Dictionary } from '../language';

export const home: Dictionary = {
  WebGPU: 'WebGPU',
  'The processor computes, by WebAssembly. Everything works; a graphics card would be left idle.':
    '由处理器通过 WebAssembly 计算。一切都能用；即使有显卡也会闲置。',
  'WebAssembly SIMD': 'WebAssembly SIMD',
  'Only WebGPU can run the model here. Where that is missing too, take a newer browser.':
    '这里只有 WebGPU 能运行模型。若连它也没有，请换用较新的浏览器。',
  Threads: '线程',
  'One thread computes; results are the same. A single file starts no others: open the lab from a site for all cores.':
    '由一个线程计算；结果相同。单个文件不会启动其他线程：要用上所有核心，请从网站打开实验室。',
  'One thread computes; results are the same. The host does not isolate the page; from the next visit on the lab does so itself: reload for all cores.':
    '由一个线程计算；结果相同。主机没有隔离本页；从下次访问起实验室会自行隔离：重新载入即可用上所有核心。',
  'One thread computes; results are the same. The host would have to isolate the page (COOP and COEP headers) for all cores.':
    '由一个线程计算；结果相同。要用上所有核心，主机须隔离本页（COOP 和 COEP 标头）。',
  'Storage (IndexedDB)': '存储（IndexedDB）',
  'Memory and training runs last as long as this tab. Export what you want to keep.':
    '记忆和训练只在这个标签页打开期间存在。请导出想留下的内容。',
  'Files of its own (OPFS)': '自有文件（OPFS）',
  'The index of a large memory is kept in the database instead, which opens it more slowly.':
    '大型记忆的索引改存在数据库里，打开会慢一些。',
  'Service worker': 'Service worker',
  'Not needed: this file is the whole lab and works without a network.':
    '不需要：这个文件就是整个实验室，没有网络也能用。',
  'The lab is not kept for use without a network, and sites without isolation headers stay on one thread. It takes an address with https, or localhost.':
    '实验室没有为离线使用而保存，没有隔离标头的网站也只能用一个线程。需要 https 地址或 localhost。',
  Locks: '锁',
  'What a tab that was closed in the middle of work leaves in the database is not cleaned up.':
    '中途关闭的标签页留在数据库里的内容不会被清理。',
  'A new version of the lab is here.': '实验室有新版本了。',
  'Reload to update': '重新载入以更新',
  'Updating …': '正在更新 …',
  'Another tab uses the version before: close it first.': '另一个标签页仍在用先前的版本：请先关闭它。',
  '{n} other tabs use the version before: close them first.':
    '另有 {n} 个标签页仍在用先前的版本：请先关闭它们。',
  'Missing in a page opened from a file, or in this browser:': '从文件打开的页面或这个浏览器所缺的：',
  'Missing here:': '这里缺少：',
  'Missing here': '这里缺少的',
  '{name}: {words}': '{name}：{words}',
  'This is the lab in one file: page, engine, model and trained adapter. It needs no network and asks for none. What you keep here, this browser keeps for pages opened from files. Sentence encoders for long-term memory are left out.':
    '这是单个文件的实验室：页面、引擎、模型和训练好的适配器都在其中。它不需要网络，也不会使用网络。您在这里留下的内容，由这个浏览器为从文件打开的页面保存。用于长期记忆的句子编码器未包含在内。',
  'Not kept for use without a network yet.': '尚未为离线使用而保存。',
  'Being kept for use without a network …': '正在为离线使用而保存 …',
  'Kept for use without a network: {files}, {megabytes} MB, version {version}. From the next visit on the lab opens without its host.':
    '已为离线使用而保存：{files}，{megabytes} MB，版本 {version}。从下次访问起，没有主机也能打开实验室。',
  file: '个文件',
  'Kept for use without a network; a new version waits.': '已为离线使用而保存；有新版本在等候。',
  'This browser keeps no pages for use without a network.': '这个浏览器不为离线使用保存页面。',
  'The lab could not be kept for use without a network; the next visit tries again.':
    '实验室未能为离线使用而保存；下次访问会再试。',
  'The lab could not be kept for use without a network; the next visit tries again ({detail})':
    '实验室未能为离线使用而保存；下次访问会再试（{detail}）',
};
