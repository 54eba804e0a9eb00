/** Chinese of the page of models: who acts, the list and its files, what is added and set up, the line in the masthead. */
import type { Dictionary } from '../language';

export const models: Dictionary = {
  // Who acts.
  Models: '模型',
  'The model page': '模型页',
  'Loading the model page …': '正在载入模型页 …',
  'Reading the list of models …': '正在读取模型列表 …',
  "the lab's engine": '本实验室的引擎',
  'transformers.js': 'transformers.js',
  WebLLM: 'WebLLM',
  '{title} acts, by {provider}.': '{title} 正在行动，由 {provider} 运行。',
  'Back to the bundled policy': '换回自带的策略',
  'The model that acts': '正在行动的模型',
  'Parts of the model page': '模型页各部分',
  'List of models': '模型列表',
  'Acts now': '正在行动',
  'A model is being opened.': '正在打开一个模型。',
  'Opening the model': '正在打开模型',
  'Give up': '放弃',
  'full prompt': '完整提示',
  'short prompt': '简短提示',
  'held to the protocol': '限定于协议',
  'free of the protocol': '不限定于协议',
  'temperature {t}': '温度 {t}',
  'top-p {p}': 'top-p {p}',
  'thinks first': '先思考',
  'does not think first': '不先思考',
  'context of {n}': '上下文 {n}',
  'weights as {base}': '权重为 {base}',
  'The model that acts is at work.': '正在行动的模型还在工作。',
  'Try again when it is done.': '请等它完成后再试。',
  'A run trains the model that acts. Stop it before another one takes its place.':
    '有一次训练正在使用这个模型。请先停止训练，再换另一个模型。',
  'The model that acts is at work. Another one can take its place when it is done.':
    '正在行动的模型还在工作。等它完成后才能换另一个。',
  'This is the lab in one file: transformers.js and WebLLM are left out of it. The engine reads any model it knows from a folder of this device.':
    '这是单个文件的实验室：其中不含 transformers.js 和 WebLLM。引擎可以从本机的文件夹读取它认识的任何模型。',
  'This browser has no WebGPU: WebLLM cannot run here. The engine and transformers.js compute on the processor.':
    '这个浏览器没有 WebGPU：WebLLM 无法在此运行。引擎和 transformers.js 用处理器计算。',
  'This browser keeps no files here. A model from a folder works until this tab is closed.':
    '这个浏览器在这里不保存文件。来自文件夹的模型可用到关闭本标签页为止。',

  // The list.
  'Models of {provider}': '{provider} 的模型',
  'Acts and trains. Reads safetensors in the layouts qwen2, qwen3 and llama.':
    '可行动，可训练。读取 qwen2、qwen3 和 llama 结构的 safetensors。',
  'Acts, and does not train. Reads ONNX files; computes on WebAssembly or WebGPU.':
    '可行动，不训练。读取 ONNX 文件；用 WebAssembly 或 WebGPU 计算。',
  'Acts, and does not train. Runs models that were compiled for WebGPU.':
    '可行动，不训练。运行为 WebGPU 编译的模型。',
  'None is known here. Add one by its name, or from a folder.': '这里还没有。可按名称添加，或从文件夹添加。',
  '✓ acts': '✓ 可行动',
  '– does not act': '– 不可行动',
  '✓ log-probs': '✓ 有对数概率',
  '– no log-probs': '– 无对数概率',
  '✓ trains': '✓ 可训练',
  '– does not train': '– 不可训练',
  '✓ can be held to the protocol': '✓ 可限定于协议',
  '– not held to the protocol': '– 不可限定于协议',
  '{n} billion parameters': '{n}B 参数',
  '{n} million parameters': '{n}M 参数',
  'What it can do': '它能做什么',
  Size: '规模',
  Files: '文件',
  Licence: '许可证',
  From: '来源',
  'not known yet': '尚不知道',
  'its files do not say': '其文件未说明',
  'this site': '本站点',
  'the hub': 'Hub',
  'a folder of this device': '本机的文件夹',
  '{n} that this device lacks something for': '本设备缺少条件的有 {n} 个',
  'weights of a kind not known': '权重种类未知',
  '✓ acts now': '✓ 正在行动',
  'How much memory it needs is known when its files have been read.': '读过它的文件后才知道需要多少内存。',
  'To act': '行动',
  'To train': '训练',
  'This browser does not say how much memory it grants.': '这个浏览器不说明给予多少内存。',
  'This device grants {size}.': '本设备给予 {size}。',
  '✗ more than is granted': '✗ 超出所给',
  'This device lacks:': '本设备缺少：',
  'Weights in memory': '内存中的权重',
  'as it fits': '视内存而定',
  'float32, 4 bytes each': 'float32，每个 4 字节',
  'float16, 2 bytes each': 'float16，每个 2 字节',
  'int8, 1 byte each': 'int8，每个 1 字节',
  '{size} for the weights alone': '仅权重就要 {size}',
  'Use this model': '使用此模型',

  // Its files.
  'not here': '不在这里',
  'stopped at {size}': '中断于 {size}',
  'paused at {size}': '暂停于 {size}',
  'being downloaded': '正在下载',
  '✓ kept, usable offline': '✓ 已保存，可离线使用',
  '✓ part of the site': '✓ 站点自带',
  '✓ here until this tab closes': '✓ 在此，直到关闭本标签页',
  Download: '下载',
  'Download {size}': '下载 {size}',
  'Download about {size}': '下载约 {size}',
  'This browser keeps no files: take it from a folder.': '这个浏览器不保存文件：请从文件夹添加。',
  'Go on': '继续下载',
  'File: {name}': '文件：{name}',
  'No other host is asked.': '不会询问其他主机。',
  'Asks {hosts}, and no other.': '只询问 {hosts}。',
  'Downloaded of {title}': '{title} 已下载',
  '{came} of {all}': '{came} / {all}',
  '{size} a second': '每秒 {size}',
  'less than a minute left': '剩余不到一分钟',
  'about {n} min left': '约剩 {n} 分钟',
  'about {n} h left': '约剩 {n} 小时',
  'Cancel …': '取消 …',
  'The {size} that came of {title} would be deleted.': '{title} 已下载的 {size} 将被删除。',
  'Delete what came': '删除已下载部分',
  '{title} would leave the list. No file of this device is deleted.':
    '{title} 将从列表中移除。不会删除本机的任何文件。',
  '{size} of {title} would be deleted from this browser. To use it again it must be downloaded again.':
    '{title} 的 {size} 将从这个浏览器删除。再次使用须重新下载。',
  '{size} of {title} would be deleted from this browser. The folder it came from stays as it is.':
    '{title} 的 {size} 将从这个浏览器删除。它来自的文件夹保持不变。',
  'Take off the list …': '从列表移除 …',
  'Take {title} off the list': '从列表移除 {title}',
  'Delete {title}': '删除 {title}',
  '{title} acts now.': '现在由 {title} 行动。',
  '{title} is in the list.': '{title} 已在列表中。',
  '{title} is no longer in the list.': '{title} 已不在列表中。',
  'The files of {title} are deleted from this browser.': '{title} 的文件已从这个浏览器删除。',
  'The download of {title} stopped. What came is kept.': '{title} 的下载中断。已下载部分保留。',
  '{title} is paused at {size}.': '{title} 暂停于 {size}。',
  '{title} is being downloaded.': '正在下载 {title}。',
  '{title}: {share} downloaded.': '{title}：已下载 {share}。',
  '{title} is kept, and usable without a network.': '{title} 已保存，无需网络即可使用。',

  // Adding.
  'Add a model': '添加模型',
  'From a folder of this device': '来自本机的文件夹',
  'From the hub': '来自 Hub',
  'Name (owner/name) or address of the repository': '仓库的名称（owner/name）或地址',
  For: '用于',
  'Look it up': '查询',
  'Asks {hosts} what the repository holds; no weights come before you say so.':
    '向 {hosts} 询问仓库里有什么；在您同意之前不会下载权重。',
  'Asks the hub what the repository holds; no weights come before you say so.':
    '向 Hub 询问仓库里有什么；在您同意之前不会下载权重。',
  'What is fetched from the hub has to be kept, and this browser keeps no files here.':
    '从 Hub 获取的内容必须保存，而这个浏览器在这里不保存文件。',
  'Asking the hub …': '正在询问 Hub …',
  'No network is asked: for machines that never see one, bring the folder on a stick. Its files stay on this device.':
    '不使用网络：从不联网的机器可用 U 盘带来文件夹。文件留在本机。',
  'Drop the folder of a model here, or choose it:': '把模型的文件夹拖到这里，或选择它：',
  'config.json, tokenizer.json and *.safetensors for the engine; or ONNX files; or those of WebLLM.':
    '引擎需要 config.json、tokenizer.json 和 *.safetensors；或 ONNX 文件；或 WebLLM 的文件。',
  '{files}, {size}.': '{files}，{size}。',
  'Name in the list': '列表中的名称',
  'Keep a copy in this browser, for the next visit': '在这个浏览器中保存一份，供下次访问',
  'This browser keeps nothing: choose the folder in each visit.':
    '这个浏览器不保存任何内容：每次访问都要选择文件夹。',
  'Add it to the list': '加入列表',
  'Not this one': '不是这个',
  'Reading the folder …': '正在读取文件夹 …',
  'There are no files in it.': '其中没有文件。',
  'There are more than {n} files in it.': '其中的文件超过 {n} 个。',
  'Choose the folder that holds the files of one model.': '请选择存放一个模型文件的文件夹。',

  // Set-up.
  'Set-up': '设置',
  'Of {title}. What is applied begins the episode on view anew.': '{title} 的设置。应用后当前回合从头开始。',
  short: '简短',
  full: '完整',
  'Short is the one line that the bundled policy knows. Full spells out the protocol and the tools, about 900 tokens: other models need it.':
    '“简短”是自带策略认识的那一行。“完整”写明协议和工具，约 900 个词元：其他模型需要它。',
  Thinking: '思考',
  on: '开',
  off: '关',
  'On, the model thinks before it acts, as its template lets it: longer, slower, and often better.':
    '开启时，模型按其模板先思考再行动：更长、更慢，往往也更好。',
  'Held to the protocol': '限定于协议',
  'Only completions that follow the protocol can be drawn: every step that is not cut off is well-formed, whatever the model would rather write. Nothing is trained on them.':
    '只能抽取符合协议的输出：无论模型想写什么，只要没被截断，每一步都格式正确。不会用它们训练。',
  'from {min} to {max}': '从 {min} 到 {max}',
  Temperature: '温度',
  'Above 1 unlikely tokens are drawn more often, below 1 less; 0 always takes the likeliest.':
    '高于 1 时更常抽到不太可能的词元，低于 1 时更少；0 总取最可能的。',
  'Top-p': 'Top-p',
  'Only the likeliest tokens whose probabilities add up to this are drawn from; 1 leaves none out.':
    '只从概率之和达到此值的最可能词元中抽取；1 表示不排除任何词元。',
  'Longest completion': '最长输出',
  'Tokens. A completion that is longer is cut, and then seldom well-formed.':
    '词元数。更长的输出会被截断，之后很少还格式正确。',
  'Tokens of prompt and completion, at most {max}. Each takes memory as long as a rollout lasts.':
    '提示与输出的词元数，最多 {max}。在 rollout 期间每个词元都占内存。',
  Weights: '权重',
  float32: 'float32',
  float16: 'float16',
  int8: 'int8',
  'How the blocks keep their matrices: 4, 2 or 1 byte a number. Fewer bytes round more.':
    '各层矩阵的存法：每个数 4、2 或 1 字节。字节越少，舍入越多。',
  Apply: '应用',
  'Apply, and open the model anew': '应用，并重新打开模型',
  'Drop the changes': '放弃改动',
  'Nothing is changed.': '没有改动。',
  'Its weights are read again.': '将重新读取权重。',
  'Its weights stay as they are.': '权重保持不变。',
  'Drawn freely': '自由抽取',
  'Of {title}, in this visit: steps the protocol could read, of all it wrote.':
    '{title} 在本次访问中：协议能读懂的步数，以及它写下的总步数。',
  'no steps yet': '还没有步',
  '{n} of {all} steps': '{n} / {all} 步',

  // Room, and what was asked of others.
  'Room that models take': '模型占用的空间',
  'This browser keeps nothing: what is loaded is gone when this tab is closed.':
    '这个浏览器不保存任何内容：关闭本标签页后，已载入的内容就没有了。',
  '{size} in this browser, which does not say how much there is.':
    '在这个浏览器中占 {size}；浏览器未说明总共有多少。',
  '{size} in this browser. With everything else the site uses {used} of {granted}.':
    '在这个浏览器中占 {size}。连同其他内容，本站点使用 {granted} 中的 {used}。',
  'No model is kept in this browser.': '这个浏览器中没有保存模型。',
  'Asked of other hosts in this visit': '本次访问向其他主机的请求',
  'Everything else comes from the site itself. Each request is listed before it is sent; nothing of yours is in it but the address.':
    '其余一切都来自站点本身。每个请求在发出前列在这里；其中除地址外没有您的任何内容。',
  'No other host was asked.': '没有询问过其他主机。',
  'Requests to other hosts': '向其他主机的请求',
  Time: '时间',
  'Host and address': '主机与地址',
  'time§of repeating': '次',
};
