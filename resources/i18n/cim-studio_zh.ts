<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About CIM Studio</source>
        <translation>关于 CIM Studio</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>From an ONNX model to a compute-in-memory chip.</source>
        <translation>从 ONNX 模型到存算一体芯片。</translation>
    </message>
</context>
<context>
    <name>Accuracy</name>
    <message>
        <source>After a deploy each layer is compared with the float model.</source>
        <translation>部署后，每一层都会与浮点模型对比。</translation>
    </message>
    <message>
        <source>All wrong ones</source>
        <translation>全部错误样本</translation>
    </message>
    <message>
        <source>Deploy with labelled samples to see which ones come out wrong.</source>
        <translation>用带标签的样本部署，即可看到哪些样本判错。</translation>
    </message>
    <message>
        <source>Emulator</source>
        <translation>仿真器</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>No answers yet</source>
        <translation>尚无结果</translation>
    </message>
    <message>
        <source>No comparison yet</source>
        <translation>尚无对比</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Simulator</source>
        <translation>模拟器</translation>
    </message>
    <message>
        <source>Whose answers</source>
        <translation>结果来源</translation>
    </message>
    <message>
        <source>Wrong answers</source>
        <translation>错误结果</translation>
    </message>
    <message>
        <source>answers of the emulator</source>
        <translation>仿真器的结果</translation>
    </message>
    <message>
        <source>answers of the exact simulator</source>
        <translation>精确模拟器的结果</translation>
    </message>
    <message>
        <source>{0:.2f} %</source>
        <translation>{0:.2f} %</translation>
    </message>
    <message>
        <source>{0} answered as {1}</source>
        <translation>{0} 判为 {1}</translation>
    </message>
    <message>
        <source>{0} of {1} samples wrong</source>
        <translation>{1} 个样本中 {0} 个错误</translation>
    </message>
</context>
<context>
    <name>AccuracyCurve</name>
    <message>
        <source>Accuracy over samples</source>
        <translation>准确率随样本数的变化</translation>
    </message>
    <message>
        <source>After {0} samples: {1:.1f} %, between {2:.1f} and {3:.1f} %</source>
        <translation>{0} 个样本后：{1:.1f} %，介于 {2:.1f} 与 {3:.1f} % 之间</translation>
    </message>
    <message>
        <source>float {0:.1f} %</source>
        <translation>浮点 {0:.1f} %</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>simulated {0:.1f} %</source>
        <translation>模拟 {0:.1f} %</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;About CIM Studio</source>
        <translation>关于 CIM Studio(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Build</source>
        <translation>构建(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Close project</source>
        <translation>关闭工程(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Deploy</source>
        <translation>部署(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Export session…</source>
        <translation>导出会话(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Feed samples…</source>
        <translation>发送样本(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Map</source>
        <translation>映射(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Map again around pinned blocks</source>
        <translation>绕开固定块重新映射(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Map all again</source>
        <translation>全部重新映射(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Open model…</source>
        <translation>打开模型(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Pin block</source>
        <translation>固定块(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Read me</source>
        <translation>自述文件(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>重置布局(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Run again</source>
        <translation>再次运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save layout as…</source>
        <translation>布局另存为(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Show log</source>
        <translation>显示日志(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Unpin all blocks</source>
        <translation>取消固定所有块(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Workshop mode</source>
        <translation>投影模式(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Zoom to block</source>
        <translation>缩放到块(&amp;Z)</translation>
    </message>
    <message>
        <source>Build the firmware, without running it</source>
        <translation>只构建固件，不运行</translation>
    </message>
    <message>
        <source>Close this panel</source>
        <translation>关闭此面板</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Fit &amp;all</source>
        <translation>显示全部(&amp;A)</translation>
    </message>
    <message>
        <source>Large type for a projector</source>
        <translation>投影用的大字体</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Show in the monitor what the target says, and send to it</source>
        <translation>在监视器中显示目标的输出，并向目标发送</translation>
    </message>
    <message>
        <source>Make a window of this panel</source>
        <translation>把此面板变为独立窗口</translation>
    </message>
    <message>
        <source>Next panel</source>
        <translation>下一个面板</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open &amp;data…</source>
        <translation>打开数据(&amp;D)…</translation>
    </message>
    <message>
        <source>Open &amp;project…</source>
        <translation>打开工程(&amp;P)…</translation>
    </message>
    <message>
        <source>Open an ONNX model</source>
        <translation>打开 ONNX 模型</translation>
    </message>
    <message>
        <source>Open recordi&amp;ng…</source>
        <translation>打开录制(&amp;N)…</translation>
    </message>
    <message>
        <source>Open samples and labels (.npz or .npy)</source>
        <translation>打开样本和标签（.npz 或 .npy）</translation>
    </message>
    <message>
        <source>Previous panel</source>
        <translation>上一个面板</translation>
    </message>
    <message>
        <source>Quantize the model and place it on the array</source>
        <translation>量化模型并放置到阵列上</translation>
    </message>
    <message>
        <source>Quantize, place, build and run the model on the target</source>
        <translation>量化、放置、构建，并在目标上运行模型</translation>
    </message>
    <message>
        <source>Recordin&amp;gs…</source>
        <translation>录制列表(&amp;G)…</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Run the firmware that is built</source>
        <translation>运行已构建的固件</translation>
    </message>
    <message>
        <source>Samples and labels: {0}</source>
        <translation>样本和标签：{0}</translation>
    </message>
    <message>
        <source>Save one page about the model and what the board did with it</source>
        <translation>将模型及其在开发板上的表现保存为一页报告</translation>
    </message>
    <message>
        <source>Save what the monitor holds as a table, text, picture or sound</source>
        <translation>将监视器中的内容保存为表格、文本、图片或声音</translation>
    </message>
    <message>
        <source>Send a data set to the target, sample by sample</source>
        <translation>将数据集逐个样本发送到目标</translation>
    </message>
    <message>
        <source>Session repor&amp;t…</source>
        <translation>会话报告(&amp;T)…</translation>
    </message>
    <message>
        <source>Show in &amp;file manager</source>
        <translation>在文件管理器中显示(&amp;F)</translation>
    </message>
    <message>
        <source>Stop what runs</source>
        <translation>停止正在运行的任务</translation>
    </message>
    <message>
        <source>Third party &amp;licences</source>
        <translation>第三方许可证(&amp;L)</translation>
    </message>
    <message>
        <source>Un&amp;pin block</source>
        <translation>取消固定块(&amp;P)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
</context>
<context>
    <name>AfterDeploy</name>
    <message>
        <source>Weak layer: {0:.1f} dB of signal to noise</source>
        <translation>薄弱层：信噪比 {0:.1f} dB</translation>
    </message>
    <message>
        <source>{0:.1f} % of the outputs sit at an end of the chip&apos;s range</source>
        <translation>{0:.1f} % 的输出落在芯片量程的端点</translation>
    </message>
</context>
<context>
    <name>Array</name>
    <message>
        <source>Deploy places the weights of every layer; the layout appears here.</source>
        <translation>部署会放置每一层的权重，布局显示在这里。</translation>
    </message>
    <message>
        <source>Nothing on the array yet</source>
        <translation>阵列上还没有内容</translation>
    </message>
</context>
<context>
    <name>ArrayColours</name>
    <message>
        <source>Cosine similarity of each layer to the float model.</source>
        <translation>每层与浮点模型的余弦相似度。</translation>
    </message>
    <message>
        <source>Error (SNR)</source>
        <translation>误差（SNR）</translation>
    </message>
    <message>
        <source>Error (cosine)</source>
        <translation>误差（余弦）</translation>
    </message>
    <message>
        <source>How much of the result the noise of each layer alone takes.</source>
        <translation>每层噪声单独造成的结果损失。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layers have not been compared with the float model yet.</source>
        <translation>各层尚未与浮点模型对比。</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Noise has not been studied yet.</source>
        <translation>尚未做噪声研究。</translation>
    </message>
    <message>
        <source>One colour for each layer.</source>
        <translation>每层一种颜色。</translation>
    </message>
    <message>
        <source>SNR</source>
        <translation>SNR</translation>
    </message>
    <message>
        <source>Signal-to-noise ratio of each layer against the float model.</source>
        <translation>每层相对浮点模型的信噪比。</translation>
    </message>
    <message>
        <source>The last noise study did not look at single layers.</source>
        <translation>上一次噪声研究没有逐层分析。</translation>
    </message>
    <message>
        <source>There is no float model to compare the layers with.</source>
        <translation>没有可供对比的浮点模型。</translation>
    </message>
    <message>
        <source>Weight value</source>
        <translation>权重值</translation>
    </message>
    <message>
        <source>What every cell holds. Where several share a pixel, it shows the largest.</source>
        <translation>每个单元存储的内容。多个单元共用一个像素时显示最大值。</translation>
    </message>
    <message>
        <source>accuracy lost</source>
        <translation>准确率损失</translation>
    </message>
    <message>
        <source>agreement lost</source>
        <translation>一致率损失</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>cosine lost</source>
        <translation>余弦损失</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{0:.1f} dB</source>
        <translation>{0:.1f} dB</translation>
    </message>
</context>
<context>
    <name>ArrayCompare</name>
    <message>
        <source>the layout kept before</source>
        <translation>先前保留的布局</translation>
    </message>
</context>
<context>
    <name>ArrayPage</name>
    <message>
        <source>Layout of the array</source>
        <translation>阵列布局</translation>
    </message>
    <message>
        <source>Layouts (*.txt)</source>
        <translation>布局 (*.txt)</translation>
    </message>
    <message>
        <source>Open a layout</source>
        <translation>打开布局</translation>
    </message>
    <message>
        <source>Point at a cell to read it; drag a block to move it.</source>
        <translation>指向单元可查看其内容；拖动块可移动它。</translation>
    </message>
    <message>
        <source>bias steps {0} to {1}</source>
        <translation>偏置步 {0} 至 {1}</translation>
    </message>
    <message>
        <source>free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>occupied</source>
        <translation>已占用</translation>
    </message>
    <message>
        <source>reserved</source>
        <translation>保留</translation>
    </message>
</context>
<context>
    <name>ArrayText</name>
    <message>
        <source>a block must lie inside one bank</source>
        <translation>块必须位于同一个 Bank 内</translation>
    </message>
    <message>
        <source>array {0} · {1}</source>
        <translation>阵列 {0} · {1}</translation>
    </message>
    <message>
        <source>bias row {0}</source>
        <translation>偏置行 {0}</translation>
    </message>
    <message>
        <source>bias rows {0} to {1}</source>
        <translation>偏置行 {0} 至 {1}</translation>
    </message>
    <message>
        <source>bias step {0}</source>
        <translation>偏置步 {0}</translation>
    </message>
    <message>
        <source>column {0} · bias row {1}</source>
        <translation>列 {0} · 偏置行 {1}</translation>
    </message>
    <message>
        <source>column {0} · row {1}</source>
        <translation>列 {0} · 行 {1}</translation>
    </message>
    <message>
        <source>copy {0} of {1}</source>
        <translation>副本 {0}/{1}</translation>
    </message>
    <message>
        <source>input {0}</source>
        <translation>输入 {0}</translation>
    </message>
    <message>
        <source>input {0}, negative part</source>
        <translation>输入 {0}，负部分</translation>
    </message>
    <message>
        <source>lies on cells that another layout occupies</source>
        <translation>占用了其他布局的单元</translation>
    </message>
    <message>
        <source>lies on {0}</source>
        <translation>与 {0} 重叠</translation>
    </message>
    <message>
        <source>matrix {0} of {1}</source>
        <translation>矩阵 {0}/{1}</translation>
    </message>
    <message>
        <source>no free bias rows left over these columns: {0} hold them</source>
        <translation>这些列上没有空闲的偏置行：已被 {0} 占用</translation>
    </message>
    <message>
        <source>output {0}</source>
        <translation>输出 {0}</translation>
    </message>
    <message>
        <source>outside the array</source>
        <translation>超出阵列</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>point {0} of {1}</source>
        <translation>窗口位置 {0}/{1}</translation>
    </message>
    <message>
        <source>tile {0} of {1}</source>
        <translation>分块 {0}/{1}</translation>
    </message>
    <message>
        <source>weight {0}</source>
        <translation>权重 {0}</translation>
    </message>
    <message>
        <source>{0} · fits here</source>
        <translation>{0} · 可放在此处</translation>
    </message>
    <message>
        <source>{0} · fits, but on columns that are noisy</source>
        <translation>{0} · 可放置，但所在列噪声较大</translation>
    </message>
    <message>
        <source>{0} · {1}</source>
        <translation>{0} · {1}</translation>
    </message>
    <message>
        <source>{0}: {1} rows × {2} columns at row {3}, column {4}, gain {5}</source>
        <translation>{0}：{1} 行 × {2} 列，位于行 {3}、列 {4}，增益 {5}</translation>
    </message>
</context>
<context>
    <name>ArrayView</name>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>row</source>
        <translation>行</translation>
    </message>
</context>
<context>
    <name>Bank</name>
    <message>
        <source>Bank {0}</source>
        <translation>Bank {0}</translation>
    </message>
    <message>
        <source>Lower bank</source>
        <translation>下部 Bank</translation>
    </message>
    <message>
        <source>Upper bank</source>
        <translation>上部 Bank</translation>
    </message>
    <message>
        <source>bank {0}</source>
        <translation>Bank {0}</translation>
    </message>
    <message>
        <source>lower</source>
        <translation>下部</translation>
    </message>
    <message>
        <source>lower bank</source>
        <translation>下部 Bank</translation>
    </message>
    <message>
        <source>upper</source>
        <translation>上部</translation>
    </message>
    <message>
        <source>upper bank</source>
        <translation>上部 Bank</translation>
    </message>
</context>
<context>
    <name>Bar</name>
    <message>
        <source>{0:.0f} % · {1:.1f} KiB left</source>
        <translation>{0:.0f} % · 剩余 {1:.1f} KiB</translation>
    </message>
    <message>
        <source>{0:.1f} of {1:.0f} KiB</source>
        <translation>{0:.1f} / {1:.0f} KiB</translation>
    </message>
</context>
<context>
    <name>BaudBox</name>
    <message>
        <source>Baud rate</source>
        <translation>波特率</translation>
    </message>
    <message>
        <source>Baud rate: how fast the board&apos;s bytes come. Any number will do.</source>
        <translation>波特率：开发板字节的传输速率。可输入任意数值。</translation>
    </message>
</context>
<context>
    <name>BoardPage</name>
    <message>
        <source>After</source>
        <translation>校正后</translation>
    </message>
    <message>
        <source>Ask the array which weights it holds</source>
        <translation>查询阵列中存有哪些权重</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>校正前</translation>
    </message>
    <message>
        <source>Choose the board&apos;s port as the target and deploy, or program and download by hand. The tools are in the settings, under Board.</source>
        <translation>请选择开发板的串口作为目标并部署，或手动烧写和下载。所用工具在设置的“开发板”中。</translation>
    </message>
    <message>
        <source>Correlation of the chip&apos;s outputs with the expected, before correction</source>
        <translation>校正前芯片输出与预期值的相关系数</translation>
    </message>
    <message>
        <source>Download firmware</source>
        <translation>下载固件</translation>
    </message>
    <message>
        <source>Downloading the firmware</source>
        <translation>正在下载固件</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layers of the array, as the tool measured them</source>
        <translation>工具测得的阵列各层</translation>
    </message>
    <message>
        <source>No tool has run yet</source>
        <translation>尚未运行任何工具</translation>
    </message>
    <message>
        <source>Nothing programmed yet</source>
        <translation>尚未烧写</translation>
    </message>
    <message>
        <source>Pass</source>
        <translation>遍次</translation>
    </message>
    <message>
        <source>Program weights</source>
        <translation>烧写权重</translation>
    </message>
    <message>
        <source>Programmed; the least correlation is {0:.3f}, of layer {1}</source>
        <translation>已烧写；最小相关系数为 {0:.3f}，在第 {1} 层</translation>
    </message>
    <message>
        <source>Programming the weights</source>
        <translation>正在烧写权重</translation>
    </message>
    <message>
        <source>Read tag</source>
        <translation>读取标签</translation>
    </message>
    <message>
        <source>Reading the tag</source>
        <translation>正在读取标签</translation>
    </message>
    <message>
        <source>The block&apos;s number, in execution order</source>
        <translation>块的编号，按执行顺序</translation>
    </message>
    <message>
        <source>The same after the tool&apos;s correction</source>
        <translation>工具校正后的相关系数</translation>
    </message>
    <message>
        <source>Which of the tool&apos;s passes</source>
        <translation>工具的第几遍</translation>
    </message>
    <message>
        <source>Write the firmware into the board, compare it and start it</source>
        <translation>把固件写入开发板，校验并启动</translation>
    </message>
    <message>
        <source>Write the weights into the board&apos;s array; takes some minutes</source>
        <translation>把权重写入开发板的阵列，需要几分钟</translation>
    </message>
</context>
<context>
    <name>BoardTools</name>
    <message>
        <source>Looking for tools…</source>
        <translation>正在查找工具…</translation>
    </message>
    <message>
        <source>Tools for a board</source>
        <translation>开发板所需工具</translation>
    </message>
    <message>
        <source>✓ {0} {1}: {2}</source>
        <translation>✓ {0} {1}：{2}</translation>
    </message>
    <message>
        <source>✕ {0}: not found</source>
        <translation>✕ {0}：未找到</translation>
    </message>
</context>
<context>
    <name>BoardWork</name>
    <message>
        <source>Build it first.</source>
        <translation>请先构建。</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Map a model first.</source>
        <translation>请先映射模型。</translation>
    </message>
    <message>
        <source>The array has no tag.</source>
        <translation>阵列没有标签。</translation>
    </message>
    <message>
        <source>The array holds the tag {0}.</source>
        <translation>阵列中的标签是 {0}。</translation>
    </message>
    <message>
        <source>The firmware is in the board and runs.</source>
        <translation>固件已写入开发板并在运行。</translation>
    </message>
    <message>
        <source>The weights are in the array.</source>
        <translation>权重已写入阵列。</translation>
    </message>
    <message>
        <source>There are no weights yet.</source>
        <translation>还没有权重。</translation>
    </message>
    <message>
        <source>There is no firmware yet.</source>
        <translation>还没有固件。</translation>
    </message>
</context>
<context>
    <name>BuildBox</name>
    <message>
        <source>Build configuration</source>
        <translation>构建配置</translation>
    </message>
    <message>
        <source>Build configuration; the Setup tab says what is in it</source>
        <translation>构建配置；内容见“设置”选项卡</translation>
    </message>
    <message>
        <source>Choose a build</source>
        <translation>选择构建配置</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>自定义</translation>
    </message>
</context>
<context>
    <name>BuildButtons</name>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Give the choices below a name of their own</source>
        <translation>将下面的选项保存为新的名称</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Put the choices below into a configuration there is</source>
        <translation>将下面的选项存入已有配置</translation>
    </message>
    <message>
        <source>Rename the configuration</source>
        <translation>重命名配置</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Replace…</source>
        <translation>替换…</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save the configuration</source>
        <translation>保存配置</translation>
    </message>
</context>
<context>
    <name>BuildLog</name>
    <message>
        <source>Build log</source>
        <translation>构建日志</translation>
    </message>
    <message>
        <source>No build yet</source>
        <translation>尚未构建</translation>
    </message>
    <message>
        <source>What the compiler says is shown here.</source>
        <translation>编译器的输出显示在这里。</translation>
    </message>
</context>
<context>
    <name>Builds</name>
    <message>
        <source>Debug</source>
        <translation>调试</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>发布</translation>
    </message>
</context>
<context>
    <name>CardPage</name>
    <message>
        <source>Full screen, for the projector (F11)</source>
        <translation>全屏，用于投影 (F11)</translation>
    </message>
</context>
<context>
    <name>Changes</name>
    <message>
        <source>Changed options</source>
        <translation>已更改的选项</translation>
    </message>
    <message>
        <source>None: everything is as it is at first.</source>
        <translation>无：全部为初始值。</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Reset all options</source>
        <translation>重置所有选项</translation>
    </message>
    <message>
        <source>Reset an option</source>
        <translation>重置选项</translation>
    </message>
    <message>
        <source>Reset {0} to: {1}</source>
        <translation>将 {0} 重置为：{1}</translation>
    </message>
</context>
<context>
    <name>Choice</name>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Docker</source>
        <translation>Docker</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>J-Link Commander</source>
        <translation>J-Link Commander</translation>
    </message>
    <message>
        <source>JTAG</source>
        <translation>JTAG</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>OpenOCD</source>
        <translation>OpenOCD</translation>
    </message>
    <message>
        <source>SSH</source>
        <translation>SSH</translation>
    </message>
    <message>
        <source>a debug server</source>
        <translation>调试服务器</translation>
    </message>
    <message>
        <source>at every deploy</source>
        <translation>每次部署</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>cJTAG (two wires)</source>
        <translation>cJTAG（两线）</translation>
    </message>
    <message>
        <source>extremes</source>
        <translation>极值</translation>
    </message>
    <message>
        <source>fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>gcc</source>
        <translation>gcc</translation>
    </message>
    <message>
        <source>least divergence</source>
        <translation>最小散度</translation>
    </message>
    <message>
        <source>least squared error</source>
        <translation>最小均方误差</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>over the serial line</source>
        <translation>经串口</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>百分位数</translation>
    </message>
    <message>
        <source>pn</source>
        <translation>pn</translation>
    </message>
    <message>
        <source>shift</source>
        <translation>偏移</translation>
    </message>
    <message>
        <source>thorough</source>
        <translation>彻底</translation>
    </message>
    <message>
        <source>where they have changed</source>
        <translation>有变化时</translation>
    </message>
    <message>
        <source>with the firmware</source>
        <translation>随固件</translation>
    </message>
    <message>
        <source>with the firmware, as a demo</source>
        <translation>随固件，循环演示</translation>
    </message>
    <message>
        <source>zig</source>
        <translation>zig</translation>
    </message>
    <message>
        <source>简体中文</source>
        <translation>简体中文</translation>
    </message>
</context>
<context>
    <name>Classroom</name>
    <message>
        <source>Share</source>
        <translation>共享</translation>
    </message>
    <message>
        <source>Sharing</source>
        <translation>正在共享</translation>
    </message>
    <message>
        <source>Stations</source>
        <translation>工位</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>Original order</source>
        <translation>原始顺序</translation>
    </message>
    <message>
        <source>Reset columns</source>
        <translation>重置列</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Layout kept: {0}</source>
        <translation>已保留布局：{0}</translation>
    </message>
    <message>
        <source>Name of the layout. One of the same name is replaced.</source>
        <translation>布局名称。同名布局将被替换。</translation>
    </message>
    <message>
        <source>NumPy arrays ({0})</source>
        <translation>NumPy 数组 ({0})</translation>
    </message>
    <message>
        <source>ONNX models ({0})</source>
        <translation>ONNX 模型 ({0})</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>打开工程</translation>
    </message>
    <message>
        <source>Open data</source>
        <translation>打开数据</translation>
    </message>
    <message>
        <source>Read me</source>
        <translation>自述文件</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save layout</source>
        <translation>保存布局</translation>
    </message>
    <message>
        <source>Save the changes before closing?</source>
        <translation>关闭前保存更改？</translation>
    </message>
    <message>
        <source>Third party licences</source>
        <translation>第三方许可证</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的更改</translation>
    </message>
</context>
<context>
    <name>CompareMenu</name>
    <message>
        <source>&amp;Keep this layout as reference</source>
        <translation>保留此布局作为参考(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Open a layers.txt…</source>
        <translation>打开 layers.txt(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Remove the reference</source>
        <translation>移除参考(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>并排显示(&amp;S)</translation>
    </message>
    <message>
        <source>Reference as &amp;outlines</source>
        <translation>以轮廓显示参考(&amp;O)</translation>
    </message>
</context>
<context>
    <name>Compilers</name>
    <message>
        <source>Compilers on this computer</source>
        <translation>本机的编译器</translation>
    </message>
    <message>
        <source>Looking for compilers…</source>
        <translation>正在查找编译器…</translation>
    </message>
    <message>
        <source>RISC-V GCC</source>
        <translation>RISC-V GCC</translation>
    </message>
    <message>
        <source>zig</source>
        <translation>zig</translation>
    </message>
    <message>
        <source>✓ {0}, bundled: {1}</source>
        <translation>✓ {0}，内置：{1}</translation>
    </message>
    <message>
        <source>✓ {0}, on the search path: {1}</source>
        <translation>✓ {0}，位于搜索路径：{1}</translation>
    </message>
    <message>
        <source>✕ {0}: not found</source>
        <translation>✕ {0}：未找到</translation>
    </message>
</context>
<context>
    <name>Confusion</name>
    <message>
        <source>Answer</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message>
        <source>{0} answered as {1}: {2} times</source>
        <translation>{0} 判为 {1}：{2} 次</translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion matrix: labels by row, answers by column</source>
        <translation>混淆矩阵：行为标签，列为结果</translation>
    </message>
</context>
<context>
    <name>ConnectionBar</name>
    <message>
        <source>Break</source>
        <translation>Break 信号</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Data Terminal Ready. Raising or lowering it resets some boards; others send only while it is on.</source>
        <translation>数据终端就绪（DTR）。改变其电平会使某些开发板复位；另一些开发板仅在其有效时才发送。</translation>
    </message>
    <message>
        <source>Data bits, parity, stop bits, flow control, encoding of text</source>
        <translation>数据位、校验位、停止位、流控、文本编码</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Frame and text</source>
        <translation>帧格式与文本</translation>
    </message>
    <message>
        <source>Frame {0}…</source>
        <translation>帧格式 {0}…</translation>
    </message>
    <message>
        <source>Frame, DTR, RTS and Break</source>
        <translation>帧格式、DTR、RTS 和 Break 信号</translation>
    </message>
    <message>
        <source>Hold the line low for a quarter of a second</source>
        <translation>将线路保持低电平四分之一秒</translation>
    </message>
    <message>
        <source>Left to {0}</source>
        <translation>已让给{0}</translation>
    </message>
    <message>
        <source>Looks like {0}.</source>
        <translation>看起来是 {0}。</translation>
    </message>
    <message>
        <source>Lost, waiting for it</source>
        <translation>已断开，等待恢复</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Open since {0}</source>
        <translation>自 {0} 起已打开</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Playing a recording</source>
        <translation>正在回放录制</translation>
    </message>
    <message>
        <source>Read as {0}</source>
        <translation>按 {0} 读取</translation>
    </message>
    <message>
        <source>Reading the run</source>
        <translation>正在读取运行输出</translation>
    </message>
    <message>
        <source>Request To Send. Raising or lowering it resets some boards.</source>
        <translation>请求发送（RTS）。改变其电平会使某些开发板复位。</translation>
    </message>
    <message>
        <source>Starting the emulator…</source>
        <translation>正在启动仿真器…</translation>
    </message>
    <message>
        <source>the layer check</source>
        <translation>逐层检查</translation>
    </message>
    <message>
        <source>the run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>{0} (the firmware&apos;s)</source>
        <translation>{0}（固件的波特率）</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Copy rows</source>
        <translation>复制所选行</translation>
    </message>
    <message>
        <source>Copy table as CSV</source>
        <translation>复制表格为 CSV</translation>
    </message>
</context>
<context>
    <name>CorrelationPlot</name>
    <message>
        <source>Correlation</source>
        <translation>相关系数</translation>
    </message>
    <message>
        <source>Correlation by layer, before and after correction</source>
        <translation>各层校正前后的相关系数</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>○ before   ● after correction</source>
        <translation>○ 校正前   ● 校正后</translation>
    </message>
</context>
<context>
    <name>Curve</name>
    <message>
        <source>Accuracy of the last deploys</source>
        <translation>最近几次部署的准确率</translation>
    </message>
    <message>
        <source>The last {0} deploys: {1:.1f} % to {2:.1f} %</source>
        <translation>最近 {0} 次部署：{1:.1f} % 至 {2:.1f} %</translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <source> · 1/Δt {0} Hz</source>
        <translation> · 1/Δt {0} Hz</translation>
    </message>
    <message>
        <source>A {0} · B {1} · Δt {2} s</source>
        <translation>A {0} · B {1} · Δt {2} s</translation>
    </message>
    <message>
        <source>Nothing to plot</source>
        <translation>没有可绘制的数据</translation>
    </message>
    <message>
        <source>Values such as name:1.5 in the board&apos;s text become curves.</source>
        <translation>开发板文本中形如 name:1.5 的数值会绘成曲线。</translation>
    </message>
</context>
<context>
    <name>CurvesActions</name>
    <message>
        <source>A strip of its own for each series</source>
        <translation>每个系列单独一条</translation>
    </message>
    <message>
        <source>Automatic range of values</source>
        <translation>自动数值范围</translation>
    </message>
    <message>
        <source>Clock time</source>
        <translation>时钟时间</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Cursors</source>
        <translation>游标</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>How often which values came in the time shown</source>
        <translation>所示时间内各数值出现的次数</translation>
    </message>
    <message>
        <source>Lanes</source>
        <translation>分条</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message>
        <source>List of all series</source>
        <translation>所有系列的列表</translation>
    </message>
    <message>
        <source>Logarithmic values</source>
        <translation>对数数值</translation>
    </message>
    <message>
        <source>Range of values…</source>
        <translation>数值范围…</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>重置视图</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Read values at A and B; a click moves the nearer one</source>
        <translation>读取 A 与 B 处的数值；点击移动较近的游标</translation>
    </message>
    <message>
        <source>Show the newest values</source>
        <translation>显示最新数值</translation>
    </message>
    <message>
        <source>The picture stands still; no data is lost</source>
        <translation>画面静止，数据不会丢失</translation>
    </message>
</context>
<context>
    <name>CurvesBar</name>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>How much time is followed</source>
        <translation>跟随显示的时长</translation>
    </message>
    <message>
        <source>More about the plot</source>
        <translation>更多绘图选项</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>其他…</translation>
    </message>
    <message>
        <source>Seconds to show:</source>
        <translation>显示的秒数：</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
</context>
<context>
    <name>CurvesHistogram</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>How often which values came</source>
        <translation>各数值出现的次数</translation>
    </message>
    <message>
        <source>No values in the time shown.</source>
        <translation>所示时间内没有数值。</translation>
    </message>
    <message>
        <source>Number of bars</source>
        <translation>柱数</translation>
    </message>
    <message>
        <source>Series of the histogram</source>
        <translation>直方图的系列</translation>
    </message>
    <message>
        <source>{0} values · mean {1}{5} · deviation {2}{5} · from {3} to {4}{5}</source>
        <translation>{0} 个数值 · 均值 {1}{5} · 标准差 {2}{5} · 从 {3} 到 {4}{5}</translation>
    </message>
</context>
<context>
    <name>CurvesLegend</name>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Filter series</source>
        <translation>筛选系列</translation>
    </message>
    <message>
        <source>Hide all</source>
        <translation>全部隐藏</translation>
    </message>
    <message>
        <source>Only this one</source>
        <translation>仅显示此系列</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Zoom to it</source>
        <translation>缩放到该系列</translation>
    </message>
    <message>
        <source>Hide all series listed here</source>
        <translation>隐藏此处列出的所有系列</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Series and their figures</source>
        <translation>系列及其统计值</translation>
    </message>
    <message>
        <source>Show all series listed here</source>
        <translation>显示此处列出的所有系列</translation>
    </message>
</context>
<context>
    <name>CurvesPage</name>
    <message>
        <source>No series is chosen in the legend.</source>
        <translation>图例中未选择任何系列。</translation>
    </message>
    <message>
        <source>Values as curves</source>
        <translation>数值曲线</translation>
    </message>
</context>
<context>
    <name>Dashboard</name>
    <message>
        <source>Add a tile</source>
        <translation>添加卡片</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic: the accuracy and the first values that come</source>
        <translation>自动：显示准确率和最先收到的数值</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>仪表板</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Cannot continue</source>
        <translation>无法继续</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详细信息</translation>
    </message>
    <message>
        <source>Open log</source>
        <translation>打开日志</translation>
    </message>
    <message>
        <source>Something went wrong in CIM Studio</source>
        <translation>CIM Studio 出错</translation>
    </message>
    <message>
        <source>The log is in {0}</source>
        <translation>日志位于 {0}</translation>
    </message>
    <message>
        <source>This is a fault of the program, not of your model.</source>
        <translation>这是程序的错误，与您的模型无关。</translation>
    </message>
    <message>
        <source>Where: {0}</source>
        <translation>位置：{0}</translation>
    </message>
    <message>
        <source>You can go on. Texts you have not saved are kept and offered at the next start, should the program end.</source>
        <translation>可以继续工作。未保存的文本已留有副本，若程序退出，下次启动时可以恢复。</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close the others</source>
        <translation>关闭其他</translation>
    </message>
    <message>
        <source>Close {0}</source>
        <translation>关闭{0}</translation>
    </message>
    <message>
        <source>Make a window of it</source>
        <translation>变为独立窗口</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
</context>
<context>
    <name>DocumentTabs</name>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开的文件</translation>
    </message>
</context>
<context>
    <name>DocumentView</name>
    <message>
        <source>Another program has changed this file.</source>
        <translation>其他程序已更改此文件。</translation>
    </message>
    <message>
        <source>Generated: written anew by every build.</source>
        <translation>自动生成：每次构建都会重写。</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>保留我的版本</translation>
    </message>
    <message>
        <source>Line {0}, column {1}</source>
        <translation>第 {0} 行，第 {1} 列</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Make my own copy</source>
        <translation>创建我的副本</translation>
    </message>
    <message>
        <source>Mixed line ends, saved as {0}</source>
        <translation>换行符不一致，保存为 {0}</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Read-only: lines of more than {0} characters are shown cut.</source>
        <translation>只读：超过 {0} 个字符的行被截断显示。</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Save it again</source>
        <translation>重新保存</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>显示更多</translation>
    </message>
    <message>
        <source>The first {0:.0f} MB of {1:.0f} MB, read-only.</source>
        <translation>共 {1:.0f} MB，仅显示前 {0:.0f} MB，只读。</translation>
    </message>
    <message>
        <source>This file is no longer on disk.</source>
        <translation>此文件已不在磁盘上。</translation>
    </message>
    <message>
        <source>Your own file: builds take it, in place of ours of that name.</source>
        <translation>您自己的文件：构建时使用它，代替我们的同名文件。</translation>
    </message>
</context>
<context>
    <name>Documents</name>
    <message>
        <source>Choose Reload or Keep mine above the text first.</source>
        <translation>请先在文本上方选择“重新加载”或“保留我的版本”。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请选择其他名称。</translation>
    </message>
    <message>
        <source>Build again, then make the copy.</source>
        <translation>请重新构建，然后创建副本。</translation>
    </message>
    <message>
        <source>Open a model or a project first.</source>
        <translation>请先打开模型或工程。</translation>
    </message>
    <message>
        <source>Save it under another name to change it.</source>
        <translation>另存为其他名称后即可修改。</translation>
    </message>
    <message>
        <source>The file was changed by another program.</source>
        <translation>文件已被其他程序更改。</translation>
    </message>
    <message>
        <source>The text cannot be saved there.</source>
        <translation>无法将文本保存到该位置。</translation>
    </message>
    <message>
        <source>The text is not shown as it is. Copy the file instead.</source>
        <translation>文本未按原样显示，请改为复制文件。</translation>
    </message>
    <message>
        <source>There is no project to put the copy into.</source>
        <translation>没有可存放副本的工程。</translation>
    </message>
    <message>
        <source>This file cannot be read: {0}.</source>
        <translation>无法读取此文件：{0}。</translation>
    </message>
    <message>
        <source>This text is read-only.</source>
        <translation>此文本为只读。</translation>
    </message>
    <message>
        <source>{0} was changed by another program and has been read again.</source>
        <translation>{0} 已被其他程序更改，现已重新读取。</translation>
    </message>
</context>
<context>
    <name>Editor</name>
    <message>
        <source>Choose one of the project&apos;s files, or press Ctrl+Shift+E to open another.</source>
        <translation>选择工程中的文件，或按 Ctrl+Shift+E 打开其他文件。</translation>
    </message>
    <message>
        <source>Close file</source>
        <translation>关闭文件</translation>
    </message>
    <message>
        <source>Files of the project</source>
        <translation>工程文件</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>查找…</translation>
    </message>
    <message>
        <source>Go to line</source>
        <translation>转到行</translation>
    </message>
    <message>
        <source>Go to line…</source>
        <translation>转到行…</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Line, 1 to {0}:</source>
        <translation>行号，1 至 {0}：</translation>
    </message>
    <message>
        <source>Next file</source>
        <translation>下一个文件</translation>
    </message>
    <message>
        <source>No file open</source>
        <translation>没有打开的文件</translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation>正常文字大小</translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open, save, find and more</source>
        <translation>打开、保存、查找等</translation>
    </message>
    <message>
        <source>Previous file</source>
        <translation>上一个文件</translation>
    </message>
    <message>
        <source>Replace…</source>
        <translation>替换…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save all</source>
        <translation>全部保存</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save the text as</source>
        <translation>文本另存为</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Word wrap</source>
        <translation>自动换行</translation>
    </message>
</context>
<context>
    <name>EmulatorRun</name>
    <message>
        <source>A demo runs until it is stopped</source>
        <translation>演示会一直运行，直到停止</translation>
    </message>
    <message>
        <source>Accuracy {0:.1f} %</source>
        <translation>准确率 {0:.1f} %</translation>
    </message>
    <message>
        <source>All outputs equal, bit for bit</source>
        <translation>所有输出逐位一致</translation>
    </message>
    <message>
        <source>Compare with the simulator</source>
        <translation>与模拟器对比</translation>
    </message>
    <message>
        <source>Counted by the emulator, not measured on a chip: a cycle for each instruction and {0} for each NPU round.</source>
        <translation>由仿真器计数，并非在芯片上测得：每条指令 1 个周期，每轮 NPU 运算 {0} 个周期。</translation>
    </message>
    <message>
        <source>Cycles</source>
        <translation>周期数</translation>
    </message>
    <message>
        <source>Download the firmware</source>
        <translation>下载固件</translation>
    </message>
    <message>
        <source>GDB: target remote localhost:{0}</source>
        <translation>GDB 命令：target remote localhost:{0}</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令数</translation>
    </message>
    <message>
        <source>Instructions/s</source>
        <translation>每秒指令数</translation>
    </message>
    <message>
        <source>NPU operations</source>
        <translation>NPU 操作数</translation>
    </message>
    <message>
        <source>NPU rounds</source>
        <translation>NPU 轮数</translation>
    </message>
    <message>
        <source>Not run yet</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>Program the array</source>
        <translation>烧写阵列</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Run starts the firmware on the target and compares its outputs.</source>
        <translation>“运行”在目标上启动固件并对比其输出。</translation>
    </message>
    <message>
        <source>Run the firmware</source>
        <translation>运行固件</translation>
    </message>
    <message>
        <source>Start the emulator</source>
        <translation>启动仿真器</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Time at {0:g} MHz</source>
        <translation>{0:g} MHz 时的用时</translation>
    </message>
    <message>
        <source>Waits for a debugger</source>
        <translation>正在等待调试器</translation>
    </message>
    <message>
        <source>{0:,.1f} million</source>
        <translation>{0:,.1f} 百万</translation>
    </message>
    <message>
        <source>{0:,} cells from map.csv</source>
        <translation>map.csv 中的 {0:,} 个单元</translation>
    </message>
    <message>
        <source>{0:,} of {1:,} samples differ</source>
        <translation>{1:,} 个样本中 {0:,} 个不同</translation>
    </message>
    <message>
        <source>{0:,} of {1:,} samples differ, as analog ones may</source>
        <translation>{1:,} 个样本中有 {0:,} 个不同，模拟电路允许如此</translation>
    </message>
    <message>
        <source>{0:,} samples in {1:.2f} s</source>
        <translation>{0:,} 个样本，用时 {1:.2f} s</translation>
    </message>
    <message>
        <source>{0:.1f} ms</source>
        <translation>{0:.1f} ms</translation>
    </message>
    <message>
        <source>{0:.2f} s</source>
        <translation>{0:.2f} s</translation>
    </message>
</context>
<context>
    <name>EntryTable</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
</context>
<context>
    <name>ErrorPlot</name>
    <message>
        <source>Click a layer to read its figures.</source>
        <translation>单击某一层查看其数据。</translation>
    </message>
    <message>
        <source>SNR</source>
        <translation>SNR</translation>
    </message>
    <message>
        <source>Signal-to-noise ratio by layer</source>
        <translation>各层信噪比</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation>单独</translation>
    </message>
    <message>
        <source>with all errors before</source>
        <translation>含此前全部误差</translation>
    </message>
    <message>
        <source>{0}: cosine {1:.5f}, SNR {2:.1f} dB; by itself {3:.5f}, {4:.1f} dB; saturated {5:.2f} %</source>
        <translation>{0}：余弦 {1:.5f}，SNR {2:.1f} dB；单独 {3:.5f}，{4:.1f} dB；饱和 {5:.2f} %</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Layout as layers.txt…</source>
        <translation>布局导出为 layers.txt…</translation>
    </message>
    <message>
        <source>Layouts (*.txt)</source>
        <translation>布局 (*.txt)</translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation>PNG 图片 (*.png)</translation>
    </message>
    <message>
        <source>Picture as PNG…</source>
        <translation>图片导出为 PNG…</translation>
    </message>
    <message>
        <source>Picture as SVG…</source>
        <translation>图片导出为 SVG…</translation>
    </message>
    <message>
        <source>SVG pictures (*.svg)</source>
        <translation>SVG 图片 (*.svg)</translation>
    </message>
    <message>
        <source>Save the layout</source>
        <translation>保存布局</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>A column for each series, to be opened in a spreadsheet.</source>
        <translation>每个系列一列，可在电子表格中打开。</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>As</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Audio packets one after another, 16 bits, one channel.</source>
        <translation>音频数据包依次相接，16 位，单声道。</translation>
    </message>
    <message>
        <source>Bytes as they came (BIN)</source>
        <translation>收到的原始字节 (BIN)</translation>
    </message>
    <message>
        <source>Columns time, series, value and unit, in seconds since 1970.</source>
        <translation>列为 time、series、value 和 unit，时间为自 1970 年起的秒数。</translation>
    </message>
    <message>
        <source>Every line and when it came; &gt;&gt; is before what was sent.</source>
        <translation>每一行及其到达时间；&gt;&gt; 之后为发送的内容。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Files ({0})</source>
        <translation>文件 ({0})</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Picture of the curves (PNG)</source>
        <translation>曲线图片 (PNG)</translation>
    </message>
    <message>
        <source>Picture of the curves (SVG)</source>
        <translation>曲线图片 (SVG)</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Sound (WAV)</source>
        <translation>声音 (WAV)</translation>
    </message>
    <message>
        <source>Table, a row for each time (CSV)</source>
        <translation>表格，每个时刻一行 (CSV)</translation>
    </message>
    <message>
        <source>Table, a row for each value (CSV)</source>
        <translation>表格，每个数值一行 (CSV)</translation>
    </message>
    <message>
        <source>Text with times (TXT)</source>
        <translation>带时间戳的文本 (TXT)</translation>
    </message>
    <message>
        <source>The curves over time, as sharp as one likes in print.</source>
        <translation>随时间变化的曲线，打印时任意放大都清晰。</translation>
    </message>
    <message>
        <source>The curves over time, for slides and messages.</source>
        <translation>随时间变化的曲线，用于幻灯片和消息。</translation>
    </message>
    <message>
        <source>The whole recording {0}</source>
        <translation>完整录制 {0}</translation>
    </message>
    <message>
        <source>What the monitor holds now</source>
        <translation>监视器当前的内容</translation>
    </message>
    <message>
        <source>What was received, byte for byte, without times.</source>
        <translation>收到的内容，逐字节保存，不含时间。</translation>
    </message>
    <message>
        <source>data</source>
        <translation>数据</translation>
    </message>
</context>
<context>
    <name>Facts</name>
    <message>
        <source>Build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Drop a .npz file or a folder of pictures.</source>
        <translation>拖入 .npz 文件或图片文件夹。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{0} arrays of {1} × {2} cells</source>
        <translation>{0} 个 {1} × {2} 单元的阵列</translation>
    </message>
    <message>
        <source>{0} samples of {1}, no labels</source>
        <translation>{0} 个 {1} 的样本，无标签</translation>
    </message>
    <message>
        <source>{0} samples of {1}, with labels</source>
        <translation>{0} 个 {1} 的样本，有标签</translation>
    </message>
    <message>
        <source>{0} × {1} cells</source>
        <translation>{0} × {1} 单元</translation>
    </message>
</context>
<context>
    <name>Failure</name>
    <message>
        <source>Change the options</source>
        <translation>更改选项</translation>
    </message>
    <message>
        <source>No layout</source>
        <translation>没有布局</translation>
    </message>
    <message>
        <source>Show the layer</source>
        <translation>显示该层</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>解决办法</translation>
    </message>
</context>
<context>
    <name>FeedAnswers</name>
    <message>
        <source>Answer</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>The first ones, in chip integers</source>
        <translation>前几个输出，以芯片整数表示</translation>
    </message>
    <message>
        <source>The newest answers</source>
        <translation>最新的结果</translation>
    </message>
    <message>
        <source>What it should be</source>
        <translation>应得的结果</translation>
    </message>
    <message>
        <source>What the target said</source>
        <translation>目标给出的结果</translation>
    </message>
    <message>
        <source>Whether every byte is the simulator&apos;s</source>
        <translation>每个字节是否都与模拟器一致</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
</context>
<context>
    <name>FeedDialog</name>
    <message>
        <source>95 % interval {0:.1f} to {1:.1f} %</source>
        <translation>95 % 置信区间 {0:.1f} 至 {1:.1f} %</translation>
    </message>
    <message>
        <source>Build for this</source>
        <translation>为此构建</translation>
    </message>
    <message>
        <source>Build the firmware again, with samples over the serial line</source>
        <translation>重新构建固件，样本经串口</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose a folder of pictures or sounds, with a folder for each class</source>
        <translation>选择图片或声音文件夹，其中每个类别一个子文件夹</translation>
    </message>
    <message>
        <source>Choose a folder of samples</source>
        <translation>选择样本文件夹</translation>
    </message>
    <message>
        <source>Choose or drop a data set.</source>
        <translation>请选择或拖入数据集。</translation>
    </message>
    <message>
        <source>Choose samples</source>
        <translation>选择样本</translation>
    </message>
    <message>
        <source>Choose samples (.npz, .npy), pictures or sounds (.wav)</source>
        <translation>选择样本（.npz、.npy）、图片或声音（.wav）</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Drop a data set here: .npz, .npy, pictures, .wav, or a folder of them.</source>
        <translation>将数据集拖到这里：.npz、.npy、图片、.wav，或装有它们的文件夹。</translation>
    </message>
    <message>
        <source>Feed samples</source>
        <translation>发送样本</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>No answers yet</source>
        <translation>尚无结果</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Samples ({0})</source>
        <translation>样本 ({0})</translation>
    </message>
    <message>
        <source>Save answers as CSV…</source>
        <translation>将结果保存为 CSV…</translation>
    </message>
    <message>
        <source>Save the answers</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>They are sent to the board at {0}, which must run this firmware.</source>
        <translation>样本将发送到 {0} 上的开发板，它必须运行此固件。</translation>
    </message>
    <message>
        <source>They are sent to the emulator.</source>
        <translation>样本将发送到仿真器。</translation>
    </message>
    <message>
        <source>ended before its end</source>
        <translation>提前结束</translation>
    </message>
    <message>
        <source>no labels</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>{0:.0f} samples/s</source>
        <translation>{0:.0f} 样本/s</translation>
    </message>
    <message>
        <source>{0:.2f} %</source>
        <translation>{0:.2f} %</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0}，另有 {1} 个</translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation>{0} 个类别</translation>
    </message>
    <message>
        <source>{0} classes: {1}</source>
        <translation>{0} 个类别：{1}</translation>
    </message>
    <message>
        <source>{0} exact</source>
        <translation>{0} 个精确一致</translation>
    </message>
    <message>
        <source>{0} of {1} answered</source>
        <translation>已得到 {0}/{1} 个结果</translation>
    </message>
    <message>
        <source>{0} of {1} samples</source>
        <translation>{0}/{1} 个样本</translation>
    </message>
    <message>
        <source>{0} samples</source>
        <translation>{0} 个样本</translation>
    </message>
</context>
<context>
    <name>FeedOptions</name>
    <message>
        <source>-1 to 1</source>
        <translation>-1 至 1</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>0 至 1</translation>
    </message>
    <message>
        <source>0 to 255</source>
        <translation>0 至 255</translation>
    </message>
    <message>
        <source>How many samples are read at most</source>
        <translation>最多读取的样本数</translation>
    </message>
    <message>
        <source>How many times all of them are sent</source>
        <translation>全部样本的发送次数</translation>
    </message>
    <message>
        <source>In random order, seed</source>
        <translation>随机顺序，种子</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Seed of the random order</source>
        <translation>随机顺序的种子</translation>
    </message>
    <message>
        <source>The same seed gives the same order</source>
        <translation>种子相同则顺序相同</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>What pictures, sounds and numbers of 0 to 255 become, as in training</source>
        <translation>图片、声音和 0 至 255 的数值换算到的范围，应与训练时一致</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>as the network&apos;s input suggests</source>
        <translation>按网络输入自动选择</translation>
    </message>
</context>
<context>
    <name>Feeding</name>
    <message>
        <source>A run is going on.</source>
        <translation>正在进行一次运行。</translation>
    </message>
    <message>
        <source>Build the firmware first, with samples over the serial line.</source>
        <translation>请先以“样本经串口”方式构建固件。</translation>
    </message>
    <message>
        <source>Saved: {0}</source>
        <translation>已保存：{0}</translation>
    </message>
    <message>
        <source>Something else is running.</source>
        <translation>有其他任务正在运行。</translation>
    </message>
    <message>
        <source>This firmware carries its own samples and takes no others.</source>
        <translation>此固件自带样本，不接收其他样本。</translation>
    </message>
    <message>
        <source>samples over the serial line</source>
        <translation>样本经串口</translation>
    </message>
    <message>
        <source>{0} samples answered in {1:.1f} s</source>
        <translation>已得到 {0} 个样本的结果，用时 {1:.1f} s</translation>
    </message>
</context>
<context>
    <name>FileTree</name>
    <message>
        <source>Files of the project</source>
        <translation>工程文件</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>Own sources</source>
        <translation>自己的源文件</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>工程</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>A file without an ending cannot be opened here.</source>
        <translation>此处无法打开没有扩展名的文件。</translation>
    </message>
    <message>
        <source>A folder may be a project (with a project.toml), a map folder (with a layers.txt), or pictures in one folder for each class. A model is dropped as its .onnx file.</source>
        <translation>文件夹可以是工程（含 project.toml）、映射文件夹（含 layers.txt），或按类别分文件夹存放的图片。模型请拖入其 .onnx 文件。</translation>
    </message>
    <message>
        <source>Compute the features your network takes, and save them with numpy.savez(&quot;data.npz&quot;, x=samples, y=labels).</source>
        <translation>先计算网络所需的特征，再用 numpy.savez(&quot;data.npz&quot;, x=samples, y=labels) 保存。</translation>
    </message>
    <message>
        <source>Convert it to ONNX: python -m tf2onnx.convert --tflite model.tflite --output model.onnx. A float model is better than a quantized one.</source>
        <translation>请转换为 ONNX：python -m tf2onnx.convert --tflite model.tflite --output model.onnx。浮点模型优于量化模型。</translation>
    </message>
    <message>
        <source>Convert the model to ONNX: python -m tf2onnx.convert --keras model.h5 --output model.onnx, or --saved-model FOLDER.</source>
        <translation>请将模型转换为 ONNX：python -m tf2onnx.convert --keras model.h5 --output model.onnx，或使用 --saved-model FOLDER。</translation>
    </message>
    <message>
        <source>Drop a folder with one folder of PNG, JPEG or BMP pictures for each class.</source>
        <translation>请拖入文件夹，其中每个类别一个子文件夹，存放 PNG、JPEG 或 BMP 图片。</translation>
    </message>
    <message>
        <source>Drop one of each kind; a model and its data may come together.</source>
        <translation>每种只拖入一个；模型和数据可以一起拖入。</translation>
    </message>
    <message>
        <source>Drop one of them: a network is tested with one set of data.</source>
        <translation>请只拖入其中一个：网络只用一组数据测试。</translation>
    </message>
    <message>
        <source>Drop the .onnx file that lies beside it; the weights come along.</source>
        <translation>请拖入同一位置的 .onnx 文件，权重会一并读取。</translation>
    </message>
    <message>
        <source>Drop the folder it lies in, or the layers.txt beside it.</source>
        <translation>请拖入其所在文件夹，或同一位置的 layers.txt。</translation>
    </message>
    <message>
        <source>Drop the project to go on with it, or the model to make a project of it.</source>
        <translation>拖入工程可继续工作，拖入模型可新建工程。</translation>
    </message>
    <message>
        <source>Export the model to ONNX: torch.onnx.export(model, sample, &quot;model.onnx&quot;). Then drop model.onnx.</source>
        <translation>请将模型导出为 ONNX：torch.onnx.export(model, sample, &quot;model.onnx&quot;)，然后拖入 model.onnx。</translation>
    </message>
    <message>
        <source>It may have been moved or deleted. Choose it again.</source>
        <translation>它可能已被移动或删除，请重新选择。</translation>
    </message>
    <message>
        <source>Save samples and labels as NumPy arrays: numpy.savez(&quot;data.npz&quot;, x=samples, y=labels).</source>
        <translation>请将样本和标签保存为 NumPy 数组：numpy.savez(&quot;data.npz&quot;, x=samples, y=labels)。</translation>
    </message>
    <message>
        <source>Such files can run anything and are never loaded. Save the arrays with numpy.savez(&quot;data.npz&quot;, x=samples, y=labels).</source>
        <translation>这类文件可执行任意代码，因此从不加载。请用 numpy.savez(&quot;data.npz&quot;, x=samples, y=labels) 保存数组。</translation>
    </message>
    <message>
        <source>These are a project and a model at once.</source>
        <translation>同时拖入了工程和模型。</translation>
    </message>
    <message>
        <source>These are samples and a folder of pictures at once.</source>
        <translation>同时拖入了样本和图片文件夹。</translation>
    </message>
    <message>
        <source>These are several .wmproject files at once.</source>
        <translation>一次拖入了多个 .wmproject 文件。</translation>
    </message>
    <message>
        <source>These are several chip files at once.</source>
        <translation>一次拖入了多个芯片文件。</translation>
    </message>
    <message>
        <source>These are several data files at once.</source>
        <translation>一次拖入了多个数据文件。</translation>
    </message>
    <message>
        <source>These are several folders of pictures at once.</source>
        <translation>一次拖入了多个图片文件夹。</translation>
    </message>
    <message>
        <source>These are several layer option files at once.</source>
        <translation>一次拖入了多个层选项文件。</translation>
    </message>
    <message>
        <source>These are several layouts at once.</source>
        <translation>一次拖入了多个布局。</translation>
    </message>
    <message>
        <source>These are several models at once.</source>
        <translation>一次拖入了多个模型。</translation>
    </message>
    <message>
        <source>These are several projects at once.</source>
        <translation>一次拖入了多个工程。</translation>
    </message>
    <message>
        <source>These are several recordings at once.</source>
        <translation>一次拖入了多个录制文件。</translation>
    </message>
    <message>
        <source>This folder holds nothing that can be opened.</source>
        <translation>此文件夹中没有可打开的内容。</translation>
    </message>
    <message>
        <source>This holds only the weights of a model.</source>
        <translation>此文件只含模型的权重。</translation>
    </message>
    <message>
        <source>This is a Keras or TensorFlow file.</source>
        <translation>这是 Keras 或 TensorFlow 文件。</translation>
    </message>
    <message>
        <source>This is a PyTorch file.</source>
        <translation>这是 PyTorch 文件。</translation>
    </message>
    <message>
        <source>This is a Python pickle.</source>
        <translation>这是 Python pickle 文件。</translation>
    </message>
    <message>
        <source>This is a TensorFlow Lite model.</source>
        <translation>这是 TensorFlow Lite 模型。</translation>
    </message>
    <message>
        <source>This is a single picture.</source>
        <translation>这是单张图片。</translation>
    </message>
    <message>
        <source>This is a sound file.</source>
        <translation>这是声音文件。</translation>
    </message>
    <message>
        <source>This is an archive.</source>
        <translation>这是压缩包。</translation>
    </message>
    <message>
        <source>This is the programming file of a layout.</source>
        <translation>这是布局的烧写文件。</translation>
    </message>
    <message>
        <source>This looks like a table.</source>
        <translation>这似乎是表格文件。</translation>
    </message>
    <message>
        <source>Unpack it first, then drop what is in it.</source>
        <translation>请先解压，再拖入其中的内容。</translation>
    </message>
    <message>
        <source>What can be dropped: a model (.onnx), data (.npz, .npy or a folder of pictures), layer options (.protobuf), a layout (layers.txt or a map folder), a .wmproject, a chip file (.toml), or a project.</source>
        <translation>可拖入：模型（.onnx）、数据（.npz、.npy 或图片文件夹）、层选项（.protobuf）、布局（layers.txt 或映射文件夹）、.wmproject、芯片文件（.toml）或工程。</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>没有这个文件。</translation>
    </message>
    <message>
        <source>{0} files cannot be opened here.</source>
        <translation>此处无法打开 {0} 文件。</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Which columns are shown</source>
        <translation>选择显示的列</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Next match (F3)</source>
        <translation>下一处 (F3)</translation>
    </message>
    <message>
        <source>No match</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>Not a valid expression</source>
        <translation>表达式无效</translation>
    </message>
    <message>
        <source>Previous match (Shift+F3)</source>
        <translation>上一处 (Shift+F3)</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>全部替换</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>全字匹配</translation>
    </message>
    <message>
        <source>more than {0}</source>
        <translation>超过 {0}</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
    <message>
        <source>{0} replaced</source>
        <translation>已替换 {0} 处</translation>
    </message>
</context>
<context>
    <name>Firmware</name>
    <message>
        <source>An earlier stage failed</source>
        <translation>此前的阶段失败</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>Build the firmware</source>
        <translation>构建固件</translation>
    </message>
    <message>
        <source>Built with {0}, {1}, samples over the serial line</source>
        <translation>由 {0} 构建，{1}，样本经串口</translation>
    </message>
    <message>
        <source>Built with {0}, {1}, {2:,} samples</source>
        <translation>由 {0} 构建，{1}，{2:,} 个样本</translation>
    </message>
    <message>
        <source>Compile everything again</source>
        <translation>全部重新编译</translation>
    </message>
    <message>
        <source>Copy log</source>
        <translation>复制日志</translation>
    </message>
    <message>
        <source>Files and log</source>
        <translation>文件和日志</translation>
    </message>
    <message>
        <source>Go to the first error</source>
        <translation>转到第一个错误</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Not built yet</source>
        <translation>尚未构建</translation>
    </message>
    <message>
        <source>Open a model to begin</source>
        <translation>打开模型以开始</translation>
    </message>
    <message>
        <source>Open serial.log</source>
        <translation>打开 serial.log</translation>
    </message>
    <message>
        <source>Open {0}</source>
        <translation>打开 {0}</translation>
    </message>
    <message>
        <source>Rebuild</source>
        <translation>重新构建</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run the firmware on the target</source>
        <translation>在目标上运行固件</translation>
    </message>
    <message>
        <source>Setup</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop what runs</source>
        <translation>停止正在运行的任务</translation>
    </message>
    <message>
        <source>waits for a debugger</source>
        <translation>正在等待调试器</translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Set to: {0}</source>
        <translation>设为：{0}</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
</context>
<context>
    <name>Graph</name>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Drawing {0:,} nodes: this takes some seconds.</source>
        <translation>正在绘制 {0:,} 个节点，需要几秒钟。</translation>
    </message>
    <message>
        <source>Drawing {0:,} nodes…</source>
        <translation>正在绘制 {0:,} 个节点…</translation>
    </message>
    <message>
        <source>Drop an .onnx file on the window.</source>
        <translation>将 .onnx 文件拖到窗口上。</translation>
    </message>
    <message>
        <source>Find in the graph</source>
        <translation>在图中查找</translation>
    </message>
    <message>
        <source>Loading the graph…</source>
        <translation>正在加载计算图…</translation>
    </message>
    <message>
        <source>No model open</source>
        <translation>没有打开的模型</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Save the graph</source>
        <translation>保存计算图</translation>
    </message>
    <message>
        <source>Save the graph as PNG…</source>
        <translation>计算图保存为 PNG…</translation>
    </message>
    <message>
        <source>Save the graph as SVG…</source>
        <translation>计算图保存为 SVG…</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Show properties</source>
        <translation>显示属性</translation>
    </message>
    <message>
        <source>Show the whole graph</source>
        <translation>显示整个计算图</translation>
    </message>
    <message>
        <source>The graph could not be saved: {0}</source>
        <translation>无法保存计算图：{0}</translation>
    </message>
    <message>
        <source>This Qt has no web view to draw the graph in.</source>
        <translation>此 Qt 没有可绘制计算图的网页视图。</translation>
    </message>
    <message>
        <source>Turn the graph</source>
        <translation>旋转计算图</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
</context>
<context>
    <name>Hand</name>
    <message>
        <source>Blocks can be moved when what runs is done.</source>
        <translation>当前任务完成后才能移动块。</translation>
    </message>
    <message>
        <source>Map again</source>
        <translation>重新映射</translation>
    </message>
    <message>
        <source>Move {0}</source>
        <translation>移动 {0}</translation>
    </message>
    <message>
        <source>Pin block</source>
        <translation>固定块</translation>
    </message>
    <message>
        <source>Unpin block</source>
        <translation>取消固定块</translation>
    </message>
</context>
<context>
    <name>Head</name>
    <message>
        <source>1 block is pinned. Map places the others around.</source>
        <translation>已固定 1 个块，映射时其余块绕开它放置。</translation>
    </message>
    <message>
        <source>Blocks were moved by hand. Map keeps all of them where they are.</source>
        <translation>有块被手动移动过，映射时所有块保持原位。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Forget places</source>
        <translation>清除手动位置</translation>
    </message>
    <message>
        <source>Let the mapper place every block that is not pinned</source>
        <translation>让映射器放置所有未固定的块</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>Map again</source>
        <translation>重新映射</translation>
    </message>
    <message>
        <source>Map again around 1 pinned block</source>
        <translation>绕开 1 个固定块重新映射</translation>
    </message>
    <message>
        <source>Map again around {0} pinned blocks</source>
        <translation>绕开 {0} 个固定块重新映射</translation>
    </message>
    <message>
        <source>Place the network&apos;s weights on the array</source>
        <translation>将网络权重放置到阵列上</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Unpin all blocks and let the mapper place every one</source>
        <translation>取消所有固定，由映射器放置全部块</translation>
    </message>
    <message>
        <source>{0} blocks are pinned. Map places the others around.</source>
        <translation>已固定 {0} 个块，映射时其余块绕开它们放置。</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>(reference {0:.1f} %)</source>
        <translation>（参考 {0:.1f} %）</translation>
    </message>
    <message>
        <source>(reference {0:.1f} %, the same places)</source>
        <translation>（参考 {0:.1f} %，位置相同）</translation>
    </message>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>Compare with another layout</source>
        <translation>与其他布局对比</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>bias strip</source>
        <translation>偏置条带</translation>
    </message>
    <message>
        <source>{0} used</source>
        <translation>已用 {0}</translation>
    </message>
</context>
<context>
    <name>LayerChecks</name>
    <message>
        <source>At most</source>
        <translation>最大差</translation>
    </message>
    <message>
        <source>Check layers</source>
        <translation>逐层检查</translation>
    </message>
    <message>
        <source>Correlation</source>
        <translation>相关系数</translation>
    </message>
    <message>
        <source>Cycles</source>
        <translation>周期数</translation>
    </message>
    <message>
        <source>Differing</source>
        <translation>不同</translation>
    </message>
    <message>
        <source>Each layer is run by itself on the target and compared with the simulator. A board needs firmware whose samples come over the serial line.</source>
        <translation>在目标上单独运行每一层，并与模拟器对比。开发板需要样本经串口的固件。</translation>
    </message>
    <message>
        <source>Every layer equals the simulator, bit for bit</source>
        <translation>每一层都与模拟器逐位一致</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layers on the target</source>
        <translation>目标上的各层</translation>
    </message>
    <message>
        <source>Mean time of one run at the chip&apos;s clock</source>
        <translation>按芯片时钟计算的单次平均用时</translation>
    </message>
    <message>
        <source>Not checked yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>Of all values with the simulator&apos;s</source>
        <translation>所有数值与模拟器结果的相关系数</translation>
    </message>
    <message>
        <source>Run each layer by itself on the target and compare it with the simulator</source>
        <translation>在目标上单独运行每一层，并与模拟器对比</translation>
    </message>
    <message>
        <source>The largest difference, in integer steps</source>
        <translation>最大差值，以整数步计</translation>
    </message>
    <message>
        <source>Time, µs</source>
        <translation>时间，µs</translation>
    </message>
    <message>
        <source>Times of the last run</source>
        <translation>上次运行的各层用时</translation>
    </message>
    <message>
        <source>Values that are not the simulator&apos;s</source>
        <translation>与模拟器不同的数值个数</translation>
    </message>
    <message>
        <source>{0} of {1} layers differ from the simulator</source>
        <translation>{1} 层中有 {0} 层与模拟器不同</translation>
    </message>
</context>
<context>
    <name>Layers</name>
    <message>
        <source>Areas of the array</source>
        <translation>阵列的各区域</translation>
    </message>
    <message>
        <source>Bank of the array, or the CPU</source>
        <translation>阵列的 Bank，或 CPU</translation>
    </message>
    <message>
        <source>Bias rows of a block, at most</source>
        <translation>每块的偏置行数上限</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Cosine alone</source>
        <translation>单层余弦</translation>
    </message>
    <message>
        <source>Deploy quantizes the model and lists every layer with its numbers.</source>
        <translation>部署会量化模型，并列出每一层及其数据。</translation>
    </message>
    <message>
        <source>Energy (µJ)</source>
        <translation>能耗（µJ）</translation>
    </message>
    <message>
        <source>Estimate: {0}</source>
        <translation>估算：{0}</translation>
    </message>
    <message>
        <source>Estimated energy of one inference</source>
        <translation>单次推理的估算能耗</translation>
    </message>
    <message>
        <source>Estimated time of one inference</source>
        <translation>单次推理的估算用时</translation>
    </message>
    <message>
        <source>Find a layer</source>
        <translation>查找层</translation>
    </message>
    <message>
        <source>G</source>
        <translation>G</translation>
    </message>
    <message>
        <source>Gain: divides the sums</source>
        <translation>增益：累加和的除数</translation>
    </message>
    <message>
        <source>Likeness to the float model, with all errors before it; 1 is equal</source>
        <translation>与浮点模型的相似度（含此前各层误差）；1 表示相同</translation>
    </message>
    <message>
        <source>How signed inputs are encoded</source>
        <translation>有符号输入的编码方式</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Inputs × outputs of its weights</source>
        <translation>权重的输入数 × 输出数</translation>
    </message>
    <message>
        <source>Latency (µs)</source>
        <translation>延迟（µs）</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Likeness to the float model of this layer by itself; 1 is equal</source>
        <translation>该层单独与浮点模型的相似度；1 表示相同</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>No layers yet</source>
        <translation>尚无层</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>运算</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Outputs at an end of the chip&apos;s range</source>
        <translation>落在芯片量程端点的输出</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Rows of the array</source>
        <translation>阵列的行</translation>
    </message>
    <message>
        <source>SNR (dB)</source>
        <translation>SNR（dB）</translation>
    </message>
    <message>
        <source>Saturated (%)</source>
        <translation>饱和（%）</translation>
    </message>
    <message>
        <source>Signal to quantization noise of this layer by itself</source>
        <translation>该层单独的信号与量化噪声之比</translation>
    </message>
    <message>
        <source>Width × height × channels</source>
        <translation>宽 × 高 × 通道</translation>
    </message>
    <message>
        <source>With what is fused into it</source>
        <translation>包括融合到其中的运算</translation>
    </message>
    <message>
        <source>k</source>
        <translation>k</translation>
    </message>
    <message>
        <source>{0:,.0f} samples/s</source>
        <translation>{0:,.0f} 样本/s</translation>
    </message>
    <message>
        <source>{0:,.1f} µs for each sample</source>
        <translation>每个样本 {0:,.1f} µs</translation>
    </message>
    <message>
        <source>{0:,.3f} µJ</source>
        <translation>{0:,.3f} µJ</translation>
    </message>
    <message>
        <source>{0} of array {1}</source>
        <translation>阵列 {1} 的 {0}</translation>
    </message>
</context>
<context>
    <name>Layout</name>
    <message>
        <source>Build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视器</translation>
    </message>
    <message>
        <source>Workshop</source>
        <translation>投影</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Show Accuracy</source>
        <translation>显示准确率</translation>
    </message>
</context>
<context>
    <name>LegendModel</name>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>B − A</source>
        <translation>B − A</translation>
    </message>
    <message>
        <source>Deviation</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Per second</source>
        <translation>每秒</translation>
    </message>
    <message>
        <source>The difference of both values</source>
        <translation>两个数值之差</translation>
    </message>
    <message>
        <source>The greatest value in sight</source>
        <translation>可见范围内的最大值</translation>
    </message>
    <message>
        <source>The least value in sight</source>
        <translation>可见范围内的最小值</translation>
    </message>
    <message>
        <source>The mean of the values in sight</source>
        <translation>可见范围内的均值</translation>
    </message>
    <message>
        <source>The newest value in sight</source>
        <translation>可见范围内的最新值</translation>
    </message>
    <message>
        <source>The standard deviation of the values in sight</source>
        <translation>可见范围内的标准差</translation>
    </message>
    <message>
        <source>The value nearest to cursor A</source>
        <translation>最接近游标 A 的数值</translation>
    </message>
    <message>
        <source>The value nearest to cursor B</source>
        <translation>最接近游标 B 的数值</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Values a second</source>
        <translation>每秒的数值个数</translation>
    </message>
</context>
<context>
    <name>LineForm</name>
    <message>
        <source>A board that was unplugged or reset is known again by its USB numbers</source>
        <translation>拔下或复位过的开发板可凭其 USB 编号重新识别</translation>
    </message>
    <message>
        <source>Connect again when the board is back</source>
        <translation>开发板恢复后重新连接</translation>
    </message>
    <message>
        <source>Data bits</source>
        <translation>数据位</translation>
    </message>
    <message>
        <source>Even</source>
        <translation>偶校验</translation>
    </message>
    <message>
        <source>Flow control</source>
        <translation>流控</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Odd</source>
        <translation>奇校验</translation>
    </message>
    <message>
        <source>Parity</source>
        <translation>校验位</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Stop bits</source>
        <translation>停止位</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>LiveAccuracy</name>
    <message>
        <source>Accuracy of each class</source>
        <translation>各类别的准确率</translation>
    </message>
    <message>
        <source>Bytes that came faster than they could be shown</source>
        <translation>到达过快而来不及显示的字节</translation>
    </message>
    <message>
        <source>Deploy a model with labelled samples: its accuracy grows here.</source>
        <translation>用带标签的样本部署模型，准确率会在这里实时更新。</translation>
    </message>
    <message>
        <source>From sending a sample to its answer: half are below {0}, 95 of 100 below {1}</source>
        <translation>从发送样本到得到结果：一半低于 {0}，95 % 低于 {1}</translation>
    </message>
    <message>
        <source>Labels and results too large for the matrix</source>
        <translation>超出矩阵范围的标签和结果</translation>
    </message>
    <message>
        <source>No samples yet</source>
        <translation>尚无样本</translation>
    </message>
    <message>
        <source>Of the last ten seconds</source>
        <translation>最近十秒</translation>
    </message>
    <message>
        <source>Samples that came again count once, with what they said last.</source>
        <translation>重复到达的样本只计一次，以最后的结果为准。</translation>
    </message>
    <message>
        <source>The run before: {0} of {1} samples right</source>
        <translation>上次运行：{1} 个样本中 {0} 个正确</translation>
    </message>
    <message>
        <source>Time each layer takes</source>
        <translation>每一层的用时</translation>
    </message>
    <message>
        <source>Time of each layer</source>
        <translation>各层用时</translation>
    </message>
    <message>
        <source>accuracy in the recording</source>
        <translation>录制中的准确率</translation>
    </message>
    <message>
        <source>accuracy on the board</source>
        <translation>开发板上的准确率</translation>
    </message>
    <message>
        <source>accuracy on the emulator</source>
        <translation>仿真器上的准确率</translation>
    </message>
    <message>
        <source>as simulated</source>
        <translation>与模拟一致</translation>
    </message>
    <message>
        <source>before</source>
        <translation>上次</translation>
    </message>
    <message>
        <source>bytes not shown</source>
        <translation>未显示字节</translation>
    </message>
    <message>
        <source>came again</source>
        <translation>重复到达</translation>
    </message>
    <message>
        <source>exact outputs</source>
        <translation>输出逐位一致</translation>
    </message>
    <message>
        <source>float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>latency, 95 %</source>
        <translation>延迟，95 %</translation>
    </message>
    <message>
        <source>newest {0}</source>
        <translation>最近 {0} 个</translation>
    </message>
    <message>
        <source>not in the matrix</source>
        <translation>不在矩阵中</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>samples come out as simulated</source>
        <translation>个样本与模拟结果一致</translation>
    </message>
    <message>
        <source>samples without labels</source>
        <translation>个样本无标签</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>样本/s</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>{0:.0f} us</source>
        <translation>{0:.0f} µs</translation>
    </message>
    <message>
        <source>{0:.1f} %</source>
        <translation>{0:.1f} %</translation>
    </message>
    <message>
        <source>{0:.1f} ms</source>
        <translation>{0:.1f} ms</translation>
    </message>
    <message>
        <source>{0:.2f} s</source>
        <translation>{0:.2f} s</translation>
    </message>
    <message>
        <source>{0} / {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
    <message>
        <source>{0} of {1} results are those of the exact simulator</source>
        <translation>{1} 个结果中 {0} 个与精确模拟器一致</translation>
    </message>
    <message>
        <source>{0} of {1} samples have every output as simulated, to the last bit</source>
        <translation>{1} 个样本中 {0} 个的所有输出与模拟逐位一致</translation>
    </message>
    <message>
        <source>{0} of {1}. With as many samples of the same kind, the true share lies between {2:.1f} and {3:.1f} % in 95 of 100 cases (Wilson&apos;s interval).</source>
        <translation>{0}/{1}。对于同样数量的同类样本，100 次中有 95 次真实比例在 {2:.1f} 至 {3:.1f} % 之间（Wilson 置信区间）。</translation>
    </message>
    <message>
        <source>± {0:.1f} · {1:.1f} – {2:.1f} %</source>
        <translation>± {0:.1f} · {1:.1f} – {2:.1f} %</translation>
    </message>
</context>
<context>
    <name>MacroRow</name>
    <message>
        <source>Again every {0} s, until it is pressed again</source>
        <translation>每 {0} s 重复发送，再次按下则停止</translation>
    </message>
    <message>
        <source>Macros…</source>
        <translation>宏…</translation>
    </message>
    <message>
        <source>More macros</source>
        <translation>更多宏</translation>
    </message>
    <message>
        <source>Sends: {0}</source>
        <translation>发送：{0}</translation>
    </message>
</context>
<context>
    <name>MacrosDialog</name>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>文本(&amp;T)</translation>
    </message>
    <message>
        <source>A macro needs a name: it stands on its button.</source>
        <translation>宏需要名称：名称显示在其按钮上。</translation>
    </message>
    <message>
        <source>Ending</source>
        <translation>行尾</translation>
    </message>
    <message>
        <source>Every</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>Export macros</source>
        <translation>导出宏</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Import macros</source>
        <translation>导入宏</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Macro {0}</source>
        <translation>宏 {0}</translation>
    </message>
    <message>
        <source>Macros</source>
        <translation>宏</translation>
    </message>
    <message>
        <source>Meant as</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>No macros yet. Each one is a button that sends its text.</source>
        <translation>尚无宏。每个宏是一个按钮，按下即发送其文本。</translation>
    </message>
    <message>
        <source>Send it again after so many seconds, until it is stopped</source>
        <translation>每隔这么多秒重复发送，直到停止</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>There is nothing to send yet: write a text.</source>
        <translation>还没有可发送的内容：请输入文本。</translation>
    </message>
    <message>
        <source>again every</source>
        <translation>重复间隔</translation>
    </message>
    <message>
        <source>once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>{0} copy</source>
        <translation>{0} 副本</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Go to layer {0}</source>
        <translation>转到层 {0}</translation>
    </message>
    <message>
        <source>Go to panel {0}</source>
        <translation>转到面板 {0}</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Open or close {0}</source>
        <translation>打开或关闭 {0}</translation>
    </message>
</context>
<context>
    <name>MakerButton</name>
    <message>
        <source>A real board&apos;s NPU is configured by the maker&apos;s own mapper, with our layout</source>
        <translation>真实开发板的 NPU 由厂商自己的映射器按我们的布局配置</translation>
    </message>
    <message>
        <source>It runs outside CIM Studio, in Docker or on another computer as the settings say, and gets everything in the folder:
{0}
This is asked once for each folder.</source>
        <translation>它在 CIM Studio 之外运行（按设置在 Docker 中或另一台计算机上），并会得到该文件夹中的全部内容：
{0}
每个文件夹只询问一次。</translation>
    </message>
    <message>
        <source>Maker&apos;s mapper</source>
        <translation>厂商映射器</translation>
    </message>
    <message>
        <source>Run it on that folder</source>
        <translation>对该文件夹运行映射器</translation>
    </message>
    <message>
        <source>Set up where it runs in the settings, under Maker&apos;s mapper</source>
        <translation>请在设置的“厂商映射器”中指定它在哪里运行</translation>
    </message>
    <message>
        <source>Start the maker&apos;s mapper on this folder?</source>
        <translation>要对此文件夹运行厂商映射器吗？</translation>
    </message>
    <message>
        <source>Take over its output…</source>
        <translation>采用其输出…</translation>
    </message>
    <message>
        <source>The mapper&apos;s map differs from ours; Output says where.</source>
        <translation>映射器的映射与我们的不同；“输出”面板中列出了差异。</translation>
    </message>
    <message>
        <source>The mapper&apos;s map is ours, cell by cell; its files are in the results.</source>
        <translation>映射器的映射与我们的逐单元一致；其文件已在结果中。</translation>
    </message>
    <message>
        <source>The mapper&apos;s output</source>
        <translation>映射器的输出</translation>
    </message>
    <message>
        <source>Write a folder for it</source>
        <translation>为其写出文件夹</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>已写出：{0}</translation>
    </message>
    <message>
        <source>difference: {0}</source>
        <translation>差异：{0}</translation>
    </message>
</context>
<context>
    <name>Mapper</name>
    <message>
        <source>Change {0}</source>
        <translation>更改 {0}</translation>
    </message>
    <message>
        <source>Choices for single layers</source>
        <translation>单层选项</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Map places every layer on the array and shows here what came of it.</source>
        <translation>映射会把每一层放置到阵列上，结果显示在这里。</translation>
    </message>
    <message>
        <source>Mapping…</source>
        <translation>正在映射…</translation>
    </message>
    <message>
        <source>No layers yet</source>
        <translation>尚无层</translation>
    </message>
    <message>
        <source>No layout yet</source>
        <translation>尚无布局</translation>
    </message>
    <message>
        <source>Nothing to map</source>
        <translation>没有可映射的内容</translation>
    </message>
    <message>
        <source>Open a model: the mapper places its weights on the array.</source>
        <translation>请打开模型：映射器会把其权重放置到阵列上。</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Proving needs OR-tools, which is not installed: pip install {0}</source>
        <translation>证明需要 OR-tools，但尚未安装：pip install {0}</translation>
    </message>
    <message>
        <source>Reset all layers</source>
        <translation>重置所有层</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>The layout is shown here as soon as it is found.</source>
        <translation>找到布局后会立即显示在这里。</translation>
    </message>
    <message>
        <source>They are known once the model is quantized. Map does that too.</source>
        <translation>模型量化后即可得知；映射也会进行量化。</translation>
    </message>
    <message>
        <source>{0} is not pinned any more.</source>
        <translation>{0} 已取消固定。</translation>
    </message>
</context>
<context>
    <name>MapperLayers</name>
    <message>
        <source>Bank</source>
        <translation>Bank</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation>副本</translation>
    </message>
    <message>
        <source>How many window positions one round computes, by copies side by side.</source>
        <translation>一轮运算通过并排副本计算的窗口位置数。</translation>
    </message>
    <message>
        <source>How often each block is stored, one below the other: that averages noise out.</source>
        <translation>每个块上下重复存储的次数，可平均噪声。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>窗口位置</translation>
    </message>
    <message>
        <source>The bank all of its blocks must lie in.</source>
        <translation>其所有块必须所在的 Bank。</translation>
    </message>
    <message>
        <source>This layer computes one position a round.</source>
        <translation>该层每轮计算一个位置。</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
</context>
<context>
    <name>MapperResult</name>
    <message>
        <source>OR-tools CP-SAT</source>
        <translation>OR-tools CP-SAT</translation>
    </message>
    <message>
        <source>as given</source>
        <translation>按给定位置</translation>
    </message>
    <message>
        <source>best fit</source>
        <translation>最佳适应</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>greedy</source>
        <translation>贪心</translation>
    </message>
    <message>
        <source>in order</source>
        <translation>按顺序</translation>
    </message>
    <message>
        <source>local search</source>
        <translation>局部搜索</translation>
    </message>
    <message>
        <source>{0}, then {1}</source>
        <translation>{0}，然后{1}</translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>Activations; tensors share what they can.</source>
        <translation>激活值；张量尽可能共用内存。</translation>
    </message>
    <message>
        <source>Build writes a C project, compiles it and shows what it takes.</source>
        <translation>构建会生成 C 工程、编译并显示其占用。</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Defined in</source>
        <translation>定义于</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>NPU memory</source>
        <translation>NPU 内存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>No firmware yet</source>
        <translation>尚无固件</translation>
    </message>
    <message>
        <source>Of what is used of its memory.</source>
        <translation>占该内存已用部分的比例。</translation>
    </message>
    <message>
        <source>Open {0}</source>
        <translation>打开 {0}</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Program, tables and test samples, in code memory.</source>
        <translation>代码存储器中的程序、查找表和测试样本。</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Stack</source>
        <translation>栈</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>查找表</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Test samples</source>
        <translation>测试样本</translation>
    </message>
    <message>
        <source>Texts and padding</source>
        <translation>文本与填充</translation>
    </message>
    <message>
        <source>The whole plan of the memories as a text file</source>
        <translation>完整的内存规划（文本文件）</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Variables and the stack, in data memory.</source>
        <translation>数据存储器中的变量和栈。</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>What takes the memory</source>
        <translation>内存占用明细</translation>
    </message>
    <message>
        <source>{0:,} bytes streamed for each sample</source>
        <translation>每个样本分块传送 {0:,} 字节</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Deploy</source>
        <translation>部署(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Go to panel</source>
        <translation>转到面板(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Layout</source>
        <translation>布局(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>面板(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Recent projects</source>
        <translation>最近的工程(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>La&amp;nguage</source>
        <translation>语言(&amp;N)</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>暂无</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source> ({0} dB by itself)</source>
        <translation>（单独 {0} dB）</translation>
    </message>
    <message>
        <source> for {0} copies</source>
        <translation>（{0} 个副本）</translation>
    </message>
    <message>
        <source> or the proof extra (--prove)</source>
        <translation>或证明扩展（--prove）</translation>
    </message>
    <message>
        <source>(it wrote nothing)</source>
        <translation>（没有任何输出）</translation>
    </message>
    <message>
        <source>, at least {0} bias rows</source>
        <translation>，至少 {0} 个偏置行</translation>
    </message>
    <message>
        <source>, noise in {0} only</source>
        <translation>，仅 {0} 有噪声</translation>
    </message>
    <message>
        <source>1 block gets</source>
        <translation>1 个块</translation>
    </message>
    <message>
        <source>1 block lies</source>
        <translation>1 个块</translation>
    </message>
    <message>
        <source>10 is a good start.</source>
        <translation>可先试 10。</translation>
    </message>
    <message>
        <source>16 bit integers</source>
        <translation>16 位整数</translation>
    </message>
    <message>
        <source>8 bits are too few for its results: look at its largest values, or retrain it.</source>
        <translation>8 位不足以表示其结果：请检查其最大值，或重新训练。</translation>
    </message>
    <message>
        <source>8 bits are too few for its states or weights: {0}.</source>
        <translation>8 位不足以表示其状态或权重：{0}。</translation>
    </message>
    <message>
        <source>8 bits are too few for its weights: {0}.</source>
        <translation>8 位不足以表示其权重：{0}。</translation>
    </message>
    <message>
        <source>A block cannot wait for itself; take one of these out of the predecessors.</source>
        <translation>块不能等待自身，请从前驱中去掉其中一个。</translation>
    </message>
    <message>
        <source>A file holds layerOptiConfig { name: ... } with {0}.</source>
        <translation>文件由 layerOptiConfig { name: ... } 组成，可含 {0}。</translation>
    </message>
    <message>
        <source>A project file begins with: schema = {0}.</source>
        <translation>工程文件以 schema = {0} 开头。</translation>
    </message>
    <message>
        <source>A tag is up to 16 letters and digits, without spaces.</source>
        <translation>标签最多 16 个字母或数字，不含空格。</translation>
    </message>
    <message>
        <source>A target shape is made of integers: correct the file.</source>
        <translation>目标形状由整数组成：请更正文件。</translation>
    </message>
    <message>
        <source>About {0} % of that would fit. {1}</source>
        <translation>大约只放得下其中的 {0} %。{1}</translation>
    </message>
    <message>
        <source>Add --data FILE.npz or FILE.npy.</source>
        <translation>请添加 --data FILE.npz 或 FILE.npy。</translation>
    </message>
    <message>
        <source>Add an array y with the class index of each sample to the .npz file, or pass --no-labels.</source>
        <translation>请在 .npz 文件中加入数组 y（每个样本的类别编号），或使用 --no-labels。</translation>
    </message>
    <message>
        <source>Add the block, or take it out of the predecessors.</source>
        <translation>请添加该块，或从前驱中去掉它。</translation>
    </message>
    <message>
        <source>Against the noise of {0}: {1}. Output SNR under noise {2} dB before, {3} dB after.</source>
        <translation>针对 {0} 的噪声：{1}。含噪输出 SNR 由 {2} dB 变为 {3} dB。</translation>
    </message>
    <message>
        <source>Allow two rows (--tile-rows 2), or use --signed shift.</source>
        <translation>请允许两行（--tile-rows 2），或使用 --signed shift。</translation>
    </message>
    <message>
        <source>An invitation looks like {0}://192.168.1.5:40123/TOKEN. The other studio shows it once sharing is on.</source>
        <translation>邀请形如 {0}://192.168.1.5:40123/TOKEN。对方的 CIM Studio 开启共享后会显示邀请。</translation>
    </message>
    <message>
        <source>Another program uses it. Choose another port, or 0 for any free one.</source>
        <translation>其他程序正在使用它。请选择其他端口，或用 0 表示任意空闲端口。</translation>
    </message>
    <message>
        <source>At least {0} fewer bias rows than wanted: all of them would take {1} {2}, there are {3}.</source>
        <translation>至少 {0}的偏置行少于期望：全部满足需要 {1} {2}，只有 {3}。</translation>
    </message>
    <message>
        <source>At most {0} copies are possible.</source>
        <translation>最多可有 {0} 个副本。</translation>
    </message>
    <message>
        <source>At most {0} copies fit</source>
        <translation>最多放得下 {0} 个副本</translation>
    </message>
    <message>
        <source>At most {0} points fit</source>
        <translation>最多放得下 {0} 个窗口位置</translation>
    </message>
    <message>
        <source>At most {0} samples fit.</source>
        <translation>最多放得下 {0} 个样本。</translation>
    </message>
    <message>
        <source>Banks: {0}.</source>
        <translation>可用 Bank：{0}。</translation>
    </message>
    <message>
        <source>Blocks were moved by hand.</source>
        <translation>块由手动移动。</translation>
    </message>
    <message>
        <source>Build and program again: firmware and array must come from the same layout.</source>
        <translation>请重新构建并烧写：固件和阵列必须来自同一布局。</translation>
    </message>
    <message>
        <source>Build it with samples over the line: in the window choose Samples come: over the serial line; on the command line `cim-studio build DIR --mode serial`.</source>
        <translation>请以“样本经串口”方式构建：在窗口中将“样本来源”设为“经串口”；在命令行用 `cim-studio build DIR --mode serial`。</translation>
    </message>
    <message>
        <source>Build the firmware again and load it.</source>
        <translation>请重新构建固件并下载。</translation>
    </message>
    <message>
        <source>Build the firmware again with `cim-studio build`.</source>
        <translation>请用 `cim-studio build` 重新构建固件。</translation>
    </message>
    <message>
        <source>Build the firmware again with this version, and load it.</source>
        <translation>请用此版本重新构建固件并下载。</translation>
    </message>
    <message>
        <source>Build the firmware again.</source>
        <translation>请重新构建固件。</translation>
    </message>
    <message>
        <source>Build the firmware first.</source>
        <translation>请先构建固件。</translation>
    </message>
    <message>
        <source>Build the firmware with samples over the serial line.</source>
        <translation>请以“样本经串口”方式构建固件。</translation>
    </message>
    <message>
        <source>Check cable and baud rate.</source>
        <translation>请检查线缆和波特率。</translation>
    </message>
    <message>
        <source>Check its name and settings.</source>
        <translation>请检查其名称和设置。</translation>
    </message>
    <message>
        <source>Check its path in the settings.</source>
        <translation>请在设置中检查其路径。</translation>
    </message>
    <message>
        <source>Check its power, and leave its reset button alone.</source>
        <translation>请检查其供电，运行中不要按复位键。</translation>
    </message>
    <message>
        <source>Check power, cables and jumpers, and that no other program uses the probe.</source>
        <translation>请检查电源、连线和跳线，并确认没有其他程序占用调试器。</translation>
    </message>
    <message>
        <source>Check that it is there and that you may read it.</source>
        <translation>请检查它是否存在，以及您是否有权读取。</translation>
    </message>
    <message>
        <source>Check that the file can be read and that there is room on the disk.</source>
        <translation>请检查文件可读，且磁盘有空间。</translation>
    </message>
    <message>
        <source>Check that you may open it.</source>
        <translation>请检查您是否有权打开它。</translation>
    </message>
    <message>
        <source>Check that you may read it and that no other program holds it.</source>
        <translation>请检查您有读取权限，且没有其他程序占用它。</translation>
    </message>
    <message>
        <source>Check the linker script&apos;s memory map.</source>
        <translation>请检查链接脚本的内存映射。</translation>
    </message>
    <message>
        <source>Check the model with onnx.checker and export it again.</source>
        <translation>请用 onnx.checker 检查模型并重新导出。</translation>
    </message>
    <message>
        <source>Check the name and the folder.</source>
        <translation>请检查名称和文件夹。</translation>
    </message>
    <message>
        <source>Check the sizes in this node, or export the model again.</source>
        <translation>请检查该节点的尺寸，或重新导出模型。</translation>
    </message>
    <message>
        <source>Chip integers are in samples.npz of the results folder, or come from studio.quantize.io.encode.</source>
        <translation>芯片整数在结果文件夹的 samples.npz 中，或由 studio.quantize.io.encode 得到。</translation>
    </message>
    <message>
        <source>Choose 1 to {0} samples, or leave the number out.</source>
        <translation>请选择 1 至 {0} 个样本，或不指定数量。</translation>
    </message>
    <message>
        <source>Choose Docker or SSH in the settings, under Maker&apos;s mapper; or run the folder&apos;s run_mapper.py by hand, as its README tells.</source>
        <translation>请在设置的“厂商映射器”中选择 Docker 或 SSH；或按该文件夹的 README 手动运行 run_mapper.py。</translation>
    </message>
    <message>
        <source>Choose JTAG, another interface, or download by J-Link Commander.</source>
        <translation>请选择 JTAG、其他接口，或改用 J-Link Commander 下载。</translation>
    </message>
    <message>
        <source>Choose a file name that ends in {0}.</source>
        <translation>请使用以 {0} 结尾的文件名。</translation>
    </message>
    <message>
        <source>Choose a file that was exported here.</source>
        <translation>请选择由本程序导出的文件。</translation>
    </message>
    <message>
        <source>Choose a folder you may write to, free some space, or close the program that has the file open.</source>
        <translation>请选择可写的文件夹、释放一些空间，或关闭打开该文件的程序。</translation>
    </message>
    <message>
        <source>Choose a folder you may write to, or free some space.</source>
        <translation>请选择可写的文件夹，或释放一些空间。</translation>
    </message>
    <message>
        <source>Choose another projects folder in the settings.</source>
        <translation>请在设置中选择其他工程文件夹。</translation>
    </message>
    <message>
        <source>Choose another results folder with --out.</source>
        <translation>请用 --out 选择其他结果文件夹。</translation>
    </message>
    <message>
        <source>Choose fewer: a few thousand are plenty.</source>
        <translation>请减少选择：几千个就足够了。</translation>
    </message>
    <message>
        <source>Choose it again.</source>
        <translation>请重新选择。</translation>
    </message>
    <message>
        <source>Choose one of {0}.</source>
        <translation>请选择其一：{0}。</translation>
    </message>
    <message>
        <source>Choose the .wmproject that the maker&apos;s IDE saved.</source>
        <translation>请选择厂商 IDE 保存的 .wmproject。</translation>
    </message>
    <message>
        <source>Choose the folder of a project, or drop its model to make one.</source>
        <translation>请选择工程文件夹，或拖入其模型来新建工程。</translation>
    </message>
    <message>
        <source>Close whatever reads this recording.</source>
        <translation>请关闭正在读取此录制的程序。</translation>
    </message>
    <message>
        <source>Columns, rows and bias rows (first, last), then G.</source>
        <translation>依次为列、行、偏置行（首、末），然后是 G。</translation>
    </message>
    <message>
        <source>Compare with resources/chips/wtm2101.toml.</source>
        <translation>请对照 resources/chips/wtm2101.toml。</translation>
    </message>
    <message>
        <source>Compare with the [noise] tables of resources/chips/wtm2101.toml.</source>
        <translation>请对照 resources/chips/wtm2101.toml 中的 [noise] 表。</translation>
    </message>
    <message>
        <source>Constant {0} holds no number</source>
        <translation>常量 {0} 不含数值</translation>
    </message>
    <message>
        <source>Conventions: {0}.</source>
        <translation>可选约定：{0}。</translation>
    </message>
    <message>
        <source>Copy it again as a whole, with address, port and token.</source>
        <translation>请重新完整复制，包括地址、端口和令牌。</translation>
    </message>
    <message>
        <source>Copy the complete {0} beside the model, or export it again.</source>
        <translation>请将完整的 {0} 复制到模型旁边，或重新导出。</translation>
    </message>
    <message>
        <source>Copy the file into the folder and name it from there, with / between folders: a project never leads to files outside.</source>
        <translation>请将文件复制到该文件夹内，并从该处起写路径，文件夹之间用 /：工程从不引用外部文件。</translation>
    </message>
    <message>
        <source>Copy {0} into the model&apos;s folder, or export the model as one file.</source>
        <translation>请将 {0} 复制到模型所在文件夹，或将模型导出为单个文件。</translation>
    </message>
    <message>
        <source>Correct that line in a text editor, then open the project again.</source>
        <translation>请在文本编辑器中更正该行，然后重新打开工程。</translation>
    </message>
    <message>
        <source>Correct the line, or delete it to use the default.</source>
        <translation>请更正该行，或删除它以使用默认值。</translation>
    </message>
    <message>
        <source>Correct the line, or delete it.</source>
        <translation>请更正或删除该行。</translation>
    </message>
    <message>
        <source>Correct the memory map in the chip&apos;s TOML file.</source>
        <translation>请更正芯片 TOML 文件中的内存映射。</translation>
    </message>
    <message>
        <source>Count from 0 (or from 1).</source>
        <translation>请从 0（或从 1）开始编号。</translation>
    </message>
    <message>
        <source>Cut it into pieces of some minutes.</source>
        <translation>请将其切成几分钟一段。</translation>
    </message>
    <message>
        <source>Cut the block, or choose a chip with larger cores. Blocks are not turned.</source>
        <translation>请切分该块，或选择内核更大的芯片。块不会旋转。</translation>
    </message>
    <message>
        <source>DIG_MODE leaves nothing on the array that {0} could change</source>
        <translation>DIG_MODE 下阵列上没有 {0} 可以更改的内容</translation>
    </message>
    <message>
        <source>Deploy with --reset-every {0}, or send streams of the same length.</source>
        <translation>请用 --reset-every {0} 部署，或发送相同长度的流。</translation>
    </message>
    <message>
        <source>Did programming fail? {0}</source>
        <translation>烧写是否失败？{0}</translation>
    </message>
    <message>
        <source>Drop --bank for the layer. {0}</source>
        <translation>请去掉该层的 --bank。{0}</translation>
    </message>
    <message>
        <source>Drop a data file on the window, or add --data FILE.npz (arrays x and y) on the command line, or put {0}.npz beside the model.</source>
        <translation>请将数据文件拖到窗口上，或在命令行添加 --data FILE.npz（数组 x 和 y），或将 {0}.npz 放到模型旁边。</translation>
    </message>
    <message>
        <source>Drop a folder with fewer pictures: a few thousand are plenty.</source>
        <translation>请拖入图片更少的文件夹：几千张就足够了。</translation>
    </message>
    <message>
        <source>Each line holds a file&apos;s name and its class: cat1.png,cat.</source>
        <translation>每行为文件名及其类别：cat1.png,cat。</translation>
    </message>
    <message>
        <source>Every axis needs a positive size.</source>
        <translation>每个轴的尺寸都必须为正。</translation>
    </message>
    <message>
        <source>Every block is placed with the bias rows it wants.</source>
        <translation>每个块都已放置，且偏置行满足期望。</translation>
    </message>
    <message>
        <source>Every block lies where it was given: nothing was searched, nothing is proved.</source>
        <translation>每个块都在指定位置：未搜索，也未证明。</translation>
    </message>
    <message>
        <source>Every line holds the same columns, in the order of the names.</source>
        <translation>每行的列相同，按列名的顺序。</translation>
    </message>
    <message>
        <source>Export it with at least one input.</source>
        <translation>导出时请至少保留一个输入。</translation>
    </message>
    <message>
        <source>Export it with dense weights.</source>
        <translation>请以稠密权重导出。</translation>
    </message>
    <message>
        <source>Export it with one row a value, or choose fewer series.</source>
        <translation>请按每个数值一行导出，或选择更少的系列。</translation>
    </message>
    <message>
        <source>Export the float model; it is quantized here, to the chip&apos;s arithmetic.</source>
        <translation>请导出浮点模型；量化在这里按芯片的运算进行。</translation>
    </message>
    <message>
        <source>Export the model again and check that the copy is complete.</source>
        <translation>请重新导出模型，并检查副本是否完整。</translation>
    </message>
    <message>
        <source>Export the model again as ONNX (.onnx) and check that the copy is complete.</source>
        <translation>请重新导出为 ONNX（.onnx），并检查副本是否完整。</translation>
    </message>
    <message>
        <source>Export the model again from a network whose layers have a size.</source>
        <translation>请从各层尺寸明确的网络重新导出模型。</translation>
    </message>
    <message>
        <source>Export the model so that it takes float inputs (do casts and look-ups before).</source>
        <translation>导出模型时请使其接受浮点输入（类型转换和查表放在之前）。</translation>
    </message>
    <message>
        <source>Export the model so that its outputs begin with the batch (for recurrent layers batch_first=True).</source>
        <translation>导出模型时请使输出以批次轴开头（循环层用 batch_first=True）。</translation>
    </message>
    <message>
        <source>Export the model so that the batch stays the first axis (batch_first=True).</source>
        <translation>导出模型时请使批次保持为第一个轴（batch_first=True）。</translation>
    </message>
    <message>
        <source>Export the model to ONNX first, e.g. with torch.onnx.export.</source>
        <translation>请先将模型导出为 ONNX，例如用 torch.onnx.export。</translation>
    </message>
    <message>
        <source>Export the model with batch_first=True, so that its input is [1, time, features]; a model of one step a call cannot keep its state between calls.</source>
        <translation>请用 batch_first=True 导出模型，使输入为 [1, time, features]；每次调用只有一步的模型无法在调用之间保持状态。</translation>
    </message>
    <message>
        <source>Export the model with fixed shapes (no dynamic axes).</source>
        <translation>请以固定形状导出模型（无动态轴）。</translation>
    </message>
    <message>
        <source>Export the model with fixed shapes and a batch of 1.</source>
        <translation>请以固定形状、批次为 1 导出模型。</translation>
    </message>
    <message>
        <source>Export the model with inputs such as [1, features] or [1, channels, h, w].</source>
        <translation>导出模型时输入请用 [1, features] 或 [1, channels, h, w] 等形式。</translation>
    </message>
    <message>
        <source>Export the model with opset_version=17.</source>
        <translation>请用 opset_version=17 导出模型。</translation>
    </message>
    <message>
        <source>Export the model without functions (modules as plain nodes).</source>
        <translation>导出模型时请不要使用函数（模块展开为普通节点）。</translation>
    </message>
    <message>
        <source>Export the model without the output {0}.</source>
        <translation>导出模型时请去掉输出 {0}。</translation>
    </message>
    <message>
        <source>Export the network itself, with its weights.</source>
        <translation>请导出网络本身及其权重。</translation>
    </message>
    <message>
        <source>Fields of {0}: {1}.</source>
        <translation>{0} 的字段：{1}。</translation>
    </message>
    <message>
        <source>Files may be {0}; several at once pictures, or WAV files.</source>
        <translation>文件可以是 {0}；多个文件时须为图片或 WAV 文件。</translation>
    </message>
    <message>
        <source>Free some space, or make the user&apos;s cache folder writable.</source>
        <translation>请释放一些空间，或使用户缓存文件夹可写。</translation>
    </message>
    <message>
        <source>Give a file of samples, or a folder of pictures or WAV files.</source>
        <translation>请给出样本文件，或图片、WAV 文件的文件夹。</translation>
    </message>
    <message>
        <source>Give all readers of it the same front_scale. {0}</source>
        <translation>请为其所有读取者设置相同的 front_scale。{0}</translation>
    </message>
    <message>
        <source>Give at least one sample, as many for each input.</source>
        <translation>请至少给出一个样本，且各输入数量相同。</translation>
    </message>
    <message>
        <source>Give every block its own index.</source>
        <translation>请为每个块指定各自的编号。</translation>
    </message>
    <message>
        <source>Give every core its own core_id.</source>
        <translation>请为每个内核指定各自的 core_id。</translation>
    </message>
    <message>
        <source>Give it with --shape {0}=1,3,32,32 (numbers as your data have them).</source>
        <translation>请用 --shape {0}=1,3,32,32 指定（数值以您的数据为准）。</translation>
    </message>
    <message>
        <source>Give it with --shape {0}={1}, a number for every N.</source>
        <translation>请用 --shape {0}={1} 指定，每个 N 换成数字。</translation>
    </message>
    <message>
        <source>Give one array for each of: {0}.</source>
        <translation>请为以下每项各给一个数组：{0}。</translation>
    </message>
    <message>
        <source>Give samples with --data FILE.npz (arrays x and y) or FILE.npy.</source>
        <translation>请用 --data FILE.npz（数组 x 和 y）或 FILE.npy 给出样本。</translation>
    </message>
    <message>
        <source>Give the .onnx file itself.</source>
        <translation>请给出 .onnx 文件本身。</translation>
    </message>
    <message>
        <source>Give the path of an .npy or .npz file.</source>
        <translation>请给出 .npy 或 .npz 文件的路径。</translation>
    </message>
    <message>
        <source>Give the text that WitinProgramTool printed while it programmed the chip, whole.</source>
        <translation>请给出 WitinProgramTool 烧写芯片时输出的完整文本。</translation>
    </message>
    <message>
        <source>Inputs + 128 bring 128 * sum(W) into the bias: use a larger signed_input ({0} is PN for all).</source>
        <translation>输入 + 128 会使偏置增加 128 * sum(W)：请使用更大的 signed_input（{0} 表示全部用 PN）。</translation>
    </message>
    <message>
        <source>Install it with: pip install {0}</source>
        <translation>安装命令：pip install {0}</translation>
    </message>
    <message>
        <source>Install it with: python -m pip install netron</source>
        <translation>安装命令：python -m pip install netron</translation>
    </message>
    <message>
        <source>Install one with &quot;pip install ziglang&quot; in the Python environment of CIM Studio, or put a RISC-V GCC ({0}) on the PATH.</source>
        <translation>请在 CIM Studio 的 Python 环境中用 &quot;pip install ziglang&quot; 安装，或将 RISC-V GCC（{0}）加入 PATH。</translation>
    </message>
    <message>
        <source>Is the machine very busy, or a virus scanner holding the compiler?</source>
        <translation>计算机是否过于繁忙，或杀毒软件阻止了编译器？</translation>
    </message>
    <message>
        <source>It is a whole number above 0.</source>
        <translation>它是大于 0 的整数。</translation>
    </message>
    <message>
        <source>It is not proved that {0} arrays are needed.</source>
        <translation>尚未证明需要 {0} 个阵列。</translation>
    </message>
    <message>
        <source>It is not proved that {0} blocks must.</source>
        <translation>尚未证明必须有 {0} 个块如此。</translation>
    </message>
    <message>
        <source>It may have been moved or deleted. Choose it again.</source>
        <translation>它可能已被移动或删除，请重新选择。</translation>
    </message>
    <message>
        <source>It was reset on the way, or runs other firmware: look at {0}.</source>
        <translation>目标中途被复位，或运行着其他固件：请查看 {0}。</translation>
    </message>
    <message>
        <source>Its inputs are: {0}.</source>
        <translation>其输入为：{0}。</translation>
    </message>
    <message>
        <source>Known chips: {0}. A path to a .toml file works too.</source>
        <translation>已知芯片：{0}。也可给出 .toml 文件的路径。</translation>
    </message>
    <message>
        <source>Known: {0}.</source>
        <translation>已知：{0}。</translation>
    </message>
    <message>
        <source>Labels are class indices 0, 1, 2, …, one for each of the {0} {1}.</source>
        <translation>标签为类别编号 0、1、2、…，{0} {1}各对应一个。</translation>
    </message>
    <message>
        <source>Labels must be 0..{0}, one for each sample.</source>
        <translation>标签必须为 0..{0}，每个样本一个。</translation>
    </message>
    <message>
        <source>Layer options are text: layerOptiConfig { name: ... }.</source>
        <translation>层选项为文本：layerOptiConfig { name: ... }。</translation>
    </message>
    <message>
        <source>Layers: {0}.</source>
        <translation>可选的层：{0}。</translation>
    </message>
    <message>
        <source>Layers: {0}. Fit the model to this network.</source>
        <translation>层：{0}。请针对此网络拟合模型。</translation>
    </message>
    <message>
        <source>Leave --{0} out for this layer, or change the file.</source>
        <translation>请去掉该层的 --{0}，或更改文件。</translation>
    </message>
    <message>
        <source>Leave front_scale out; shift and num do the same without the layer before.</source>
        <translation>请去掉 front_scale；shift 和 num 无需前一层即可达到同样效果。</translation>
    </message>
    <message>
        <source>Leave it out to cut only what exceeds the largest bank.</source>
        <translation>不指定时只切分超出最大 Bank 的部分。</translation>
    </message>
    <message>
        <source>Leave it out to skip the chip&apos;s reserved columns.</source>
        <translation>不指定时跳过芯片的保留列。</translation>
    </message>
    <message>
        <source>Leave it out to use the chip&apos;s preferred number.</source>
        <translation>不指定时使用芯片推荐的数量。</translation>
    </message>
    <message>
        <source>Leave its bank, copies and points out.</source>
        <translation>请去掉其 Bank、副本和窗口位置设置。</translation>
    </message>
    <message>
        <source>Leave multi_point out; doubleWeightOpti works for every layer.</source>
        <translation>请去掉 multi_point；doubleWeightOpti 适用于所有层。</translation>
    </message>
    <message>
        <source>Leave out --reset-every.</source>
        <translation>请去掉 --reset-every。</translation>
    </message>
    <message>
        <source>Leave signed_input out, or give the samples as signed integers.</source>
        <translation>请去掉 signed_input，或以有符号整数给出样本。</translation>
    </message>
    <message>
        <source>Leave that sample out, or mend what wrote it.</source>
        <translation>请去掉该样本，或修正生成它的程序。</translation>
    </message>
    <message>
        <source>Leave the layer&apos;s options out.</source>
        <translation>请去掉该层的选项。</translation>
    </message>
    <message>
        <source>Leave {0} out, or use MIX_MODE.</source>
        <translation>请去掉 {0}，或使用 MIX_MODE。</translation>
    </message>
    <message>
        <source>Look at emulator.log.</source>
        <translation>请查看 emulator.log。</translation>
    </message>
    <message>
        <source>Look at serial.log for what came instead.</source>
        <translation>实际收到的内容请查看 serial.log。</translation>
    </message>
    <message>
        <source>Look at serial.log; firmware and simulator must agree to the last bit.</source>
        <translation>请查看 serial.log；固件与模拟器必须逐位一致。</translation>
    </message>
    <message>
        <source>Look at that line&apos;s pointers.</source>
        <translation>请检查该行的指针。</translation>
    </message>
    <message>
        <source>Look at that place in the firmware&apos;s source.</source>
        <translation>请查看固件源代码的该处。</translation>
    </message>
    <message>
        <source>Look for a quotation mark that is not closed.</source>
        <translation>请检查是否有未闭合的引号。</translation>
    </message>
    <message>
        <source>Make the largest blocks smaller, or use more or larger rectangles.</source>
        <translation>请减小最大的块，或使用更多或更大的矩形。</translation>
    </message>
    <message>
        <source>Make the network smaller, or cut its layers into smaller tiles.</source>
        <translation>请缩小网络，或将各层切成更小的分块。</translation>
    </message>
    <message>
        <source>Map it to another chip, or together with the network that holds these cells.</source>
        <translation>请映射到其他芯片，或与占用这些单元的网络一起映射。</translation>
    </message>
    <message>
        <source>Map the model again to write it anew.</source>
        <translation>请重新映射模型以重新写入。</translation>
    </message>
    <message>
        <source>Map the model again to write it.</source>
        <translation>请重新映射模型以写入。</translation>
    </message>
    <message>
        <source>Map the model again, or get an undamaged copy of the file.</source>
        <translation>请重新映射模型，或取得完好的文件副本。</translation>
    </message>
    <message>
        <source>Map this network again.</source>
        <translation>请重新映射此网络。</translation>
    </message>
    <message>
        <source>Mend the file; the next change saves them.</source>
        <translation>请修复该文件；下次更改时会保存。</translation>
    </message>
    <message>
        <source>Models: {0}. A file with a model of your own works too.</source>
        <translation>可用模型：{0}。也可使用自己的模型文件。</translation>
    </message>
    <message>
        <source>Name a CSV file with the columns {0}.</source>
        <translation>请指定含 {0} 列的 CSV 文件。</translation>
    </message>
    <message>
        <source>Name a layers.txt; mapping writes one into the folder map.</source>
        <translation>请指定 layers.txt；映射会在 map 文件夹中写入一个。</translation>
    </message>
    <message>
        <source>Name a preset, or a .toml file that `noise --fit` wrote.</source>
        <translation>请指定预设，或 `noise --fit` 写出的 .toml 文件。</translation>
    </message>
    <message>
        <source>Name one: {0}.</source>
        <translation>请指定其一：{0}。</translation>
    </message>
    <message>
        <source>Name the model that was quantized into the folder with --model.</source>
        <translation>请用 --model 指定量化到该文件夹的模型。</translation>
    </message>
    <message>
        <source>Name them {0} or {1}.</source>
        <translation>请命名为 {0} 或 {1}。</translation>
    </message>
    <message>
        <source>Netron is not installed.</source>
        <translation>未安装 Netron。</translation>
    </message>
    <message>
        <source>Networks share a chip only where all were quantized for it.</source>
        <translation>只有都针对该芯片量化的网络才能共用芯片。</translation>
    </message>
    <message>
        <source>No data was given, and {0} holds no simulated samples: {1} random frames are used, signed where the inputs were quantized so.</source>
        <translation>未给出数据，且 {0} 中没有模拟样本：使用 {1} 个随机帧，按输入的量化方式带符号。</translation>
    </message>
    <message>
        <source>No data was given: {0} random frames from</source>
        <translation>未给出数据：使用 {0} 个随机帧，取值</translation>
    </message>
    <message>
        <source>No network of this size fits the chip: use a smaller one.</source>
        <translation>芯片放不下这种规模的网络：请使用更小的网络。</translation>
    </message>
    <message>
        <source>Not even 2 copies fit</source>
        <translation>连 2 个副本也放不下</translation>
    </message>
    <message>
        <source>Not matched: {0}.</source>
        <translation>未匹配：{0}。</translation>
    </message>
    <message>
        <source>Not one sample fits; use a network with smaller tables and fewer layers, or a smaller input.</source>
        <translation>一个样本也放不下；请使用查找表更小、层更少的网络，或更小的输入。</translation>
    </message>
    <message>
        <source>OR-tools did not finish its proof: {0}.</source>
        <translation>OR-tools 未完成证明：{0}。</translation>
    </message>
    <message>
        <source>OR-tools found no layout in its time and did not prove that there is none.</source>
        <translation>OR-tools 在限定时间内未找到布局，也未证明不存在布局。</translation>
    </message>
    <message>
        <source>OR-tools is not installed</source>
        <translation>未安装 OR-tools</translation>
    </message>
    <message>
        <source>OR-tools proved that no layout uses fewer arrays or has fewer short blocks.</source>
        <translation>OR-tools 已证明：没有布局使用更少的阵列，或有更少的偏置行不足的块。</translation>
    </message>
    <message>
        <source>OR-tools: building the model</source>
        <translation>OR-tools：正在建立模型</translation>
    </message>
    <message>
        <source>OR-tools: looking for a better layout</source>
        <translation>OR-tools：正在寻找更好的布局</translation>
    </message>
    <message>
        <source>On Linux, add yourself to the group that owns it (often dialout), then log in again.</source>
        <translation>在 Linux 上，请将自己加入其所属的组（通常为 dialout），然后重新登录。</translation>
    </message>
    <message>
        <source>One sample of this model has {0} elements.</source>
        <translation>此模型的一个样本有 {0} 个元素。</translation>
    </message>
    <message>
        <source>Only axes shown as N can be chosen; the others are fixed by the weights.</source>
        <translation>只能选择标为 N 的轴；其余由权重决定。</translation>
    </message>
    <message>
        <source>Only feed-forward graphs can be deployed: export the model again.</source>
        <translation>只能部署前馈图：请重新导出模型。</translation>
    </message>
    <message>
        <source>Only numeric constants can be deployed.</source>
        <translation>只能部署数值常量。</translation>
    </message>
    <message>
        <source>Only products with constant weights run on the array.</source>
        <translation>只有常量权重的乘积才能在阵列上运算。</translation>
    </message>
    <message>
        <source>Open the model first, or drop both together.</source>
        <translation>请先打开模型，或一起拖入。</translation>
    </message>
    <message>
        <source>Output SNR is {0} dB</source>
        <translation>输出 SNR 为 {0} dB</translation>
    </message>
    <message>
        <source>Perhaps memory ran out: study fewer samples, or without a pool (--no-pool).</source>
        <translation>可能内存不足：请减少样本，或不使用进程池（--no-pool）。</translation>
    </message>
    <message>
        <source>Pictures ({0}) lie in one folder for each class, or beside a {1}.</source>
        <translation>图片（{0}）应按类别分文件夹存放，或与 {1} 放在一起。</translation>
    </message>
    <message>
        <source>Pictures fit inputs [1, 1 or 3, height, width]. Save other data as an .npz.</source>
        <translation>图片适用于输入 [1, 1 or 3, height, width]。其他数据请保存为 .npz。</translation>
    </message>
    <message>
        <source>Please report this, with the model.</source>
        <translation>请连同模型一起报告此问题。</translation>
    </message>
    <message>
        <source>Plug the board in again, or start the emulator again.</source>
        <translation>请重新接上开发板，或重新启动仿真器。</translation>
    </message>
    <message>
        <source>Plug the board in. Ports now: {0}.</source>
        <translation>请接上开发板。当前串口：{0}。</translation>
    </message>
    <message>
        <source>Program the chip again, or look for the layer that does not work.</source>
        <translation>请重新烧写芯片，或查找不工作的层。</translation>
    </message>
    <message>
        <source>Put fewer samples into the firmware</source>
        <translation>请减少固件中的样本</translation>
    </message>
    <message>
        <source>Put their messages into one.</source>
        <translation>请将其消息合并为一个。</translation>
    </message>
    <message>
        <source>Put them into one layerOptiConfig.</source>
        <translation>请将其合并到一个 layerOptiConfig 中。</translation>
    </message>
    <message>
        <source>Quantize again with these samples, or scale them as in training.</source>
        <translation>请用这些样本重新量化，或按训练时的方式缩放。</translation>
    </message>
    <message>
        <source>Quantize the model again for this chip.</source>
        <translation>请针对此芯片重新量化模型。</translation>
    </message>
    <message>
        <source>Quantize the model again for this chip: it cuts the matrix.</source>
        <translation>请针对此芯片重新量化模型：量化会切分矩阵。</translation>
    </message>
    <message>
        <source>Quantize the model again with --layer-options; mapping it then follows them.</source>
        <translation>请用 --layer-options 重新量化模型；之后映射会遵循这些选项。</translation>
    </message>
    <message>
        <source>Quantize the model again with --tile-rows.</source>
        <translation>请用 --tile-rows 重新量化模型。</translation>
    </message>
    <message>
        <source>Quantize the model again.</source>
        <translation>请重新量化模型。</translation>
    </message>
    <message>
        <source>Quantize the samples as the model&apos;s training did, 0..255 or -128..127.</source>
        <translation>请按模型训练时的方式量化样本，0..255 或 -128..127。</translation>
    </message>
    <message>
        <source>Quantize the samples as the model&apos;s training did.</source>
        <translation>请按模型训练时的方式量化样本。</translation>
    </message>
    <message>
        <source>Quantize the samples with the input&apos;s scale first.</source>
        <translation>请先用输入的比例量化样本。</translation>
    </message>
    <message>
        <source>Ranges come from these frames too, so the network&apos;s accuracy means nothing.</source>
        <translation>范围也取自这些帧，因此网络的准确率没有意义。</translation>
    </message>
    <message>
        <source>Record for longer.</source>
        <translation>请录更长的声音。</translation>
    </message>
    <message>
        <source>Record it again.</source>
        <translation>请重新录音。</translation>
    </message>
    <message>
        <source>Reinstall CIM Studio.</source>
        <translation>请重新安装 CIM Studio。</translation>
    </message>
    <message>
        <source>Remove it from the folder, or save it again as PNG.</source>
        <translation>请将其移出文件夹，或重新保存为 PNG。</translation>
    </message>
    <message>
        <source>Remove one that has gone, then add the new one.</source>
        <translation>请先移除一个已不在的工位，再添加新工位。</translation>
    </message>
    <message>
        <source>Remove some of them.</source>
        <translation>请删除其中一些。</translation>
    </message>
    <message>
        <source>Remove some.</source>
        <translation>请删除一些。</translation>
    </message>
    <message>
        <source>Rename the model, or remove the file from the project.</source>
        <translation>请重命名模型，或从工程中移除该文件。</translation>
    </message>
    <message>
        <source>Repeat them less often, or choose fewer.</source>
        <translation>请减少重复次数，或减少样本。</translation>
    </message>
    <message>
        <source>Reset the board, check port and baud rate, or allow more time.</source>
        <translation>请复位开发板，检查串口和波特率，或延长等待时间。</translation>
    </message>
    <message>
        <source>Reshape target {0} holds fractions</source>
        <translation>Reshape 目标 {0} 含有小数</translation>
    </message>
    <message>
        <source>Rows are cut only where a layer has more inputs than a bank; --tile-rows {0} cuts them finer{1}, which changes the rounding a little.</source>
        <translation>仅当层的输入多于 Bank 时才切分行；--tile-rows {0} 可切得更细{1}，舍入略有变化。</translation>
    </message>
    <message>
        <source>Run `cim-studio quantize MODEL --out DIR` first, or `deploy`.</source>
        <translation>请先运行 `cim-studio quantize MODEL --out DIR` 或 `deploy`。</translation>
    </message>
    <message>
        <source>Run `cim-studio simulate MODEL --data FILE --out DIR` first, or `deploy`.</source>
        <translation>请先运行 `cim-studio simulate MODEL --data FILE --out DIR` 或 `deploy`。</translation>
    </message>
    <message>
        <source>Save an .npz with the keys {0}.</source>
        <translation>请保存含键 {0} 的 .npz。</translation>
    </message>
    <message>
        <source>Save at least one sample.</source>
        <translation>请至少保存一个样本。</translation>
    </message>
    <message>
        <source>Save calibration samples for every input, or for none.</source>
        <translation>请为每个输入都保存校准样本，或都不保存。</translation>
    </message>
    <message>
        <source>Save it as CSV UTF-8.</source>
        <translation>请保存为 CSV UTF-8。</translation>
    </message>
    <message>
        <source>Save it as WAV, 16 bit PCM, mono.</source>
        <translation>请保存为 WAV，16 位 PCM，单声道。</translation>
    </message>
    <message>
        <source>Save it with that rate: sounds are not converted.</source>
        <translation>请以该采样率保存：声音不会被转换。</translation>
    </message>
    <message>
        <source>Save one array for each of: {0}.</source>
        <translation>请为以下每项各保存一个数组：{0}。</translation>
    </message>
    <message>
        <source>Save one sample after another, each with all its frames.</source>
        <translation>请逐个保存样本，每个样本含其全部帧。</translation>
    </message>
    <message>
        <source>Save plain numbers with numpy.save or numpy.savez(path, x=…, y=…).</source>
        <translation>请用 numpy.save 或 numpy.savez(path, x=…, y=…) 保存纯数值。</translation>
    </message>
    <message>
        <source>Save the model with its data beside it; nothing else is opened for your safety.</source>
        <translation>请将模型与其数据保存在一起；为安全起见，不会打开其他位置的文件。</translation>
    </message>
    <message>
        <source>Save the samples as integers or floats.</source>
        <translation>请将样本保存为整数或浮点数。</translation>
    </message>
    <message>
        <source>Say where the number is from, or that it is an assumption.</source>
        <translation>请注明该数值的来源，或说明其为假设。</translation>
    </message>
    <message>
        <source>Scale the layer&apos;s bias down, or raise its gain.</source>
        <translation>请缩小该层的偏置，或提高其增益。</translation>
    </message>
    <message>
        <source>Scale the samples as in training, or leave that sample out.</source>
        <translation>请按训练时的方式缩放样本，或去掉该样本。</translation>
    </message>
    <message>
        <source>Searched with {0} on {1}: {2}, so the plain quantization stays (output SNR {3} dB).</source>
        <translation>已用 {0} 在 {1} 上搜索：{2}，因此保留普通量化（输出 SNR {3} dB）。</translation>
    </message>
    <message>
        <source>See resources/operators.md for what is supported.</source>
        <translation>支持的内容见 resources/operators.md。</translation>
    </message>
    <message>
        <source>Send it again when the port is back.</source>
        <translation>串口恢复后请重新发送。</translation>
    </message>
    <message>
        <source>Set points to 1, or signed_input of the layer to {0} or -1.</source>
        <translation>请将窗口位置设为 1，或将该层的 signed_input 设为 {0} 或 -1。</translation>
    </message>
    <message>
        <source>Set points to 1: not even 2 fit</source>
        <translation>请将窗口位置设为 1：连 2 个也放不下</translation>
    </message>
    <message>
        <source>Set points to 1: the windows already fill more than one bank.</source>
        <translation>请将窗口位置设为 1：窗口已超过一个 Bank。</translation>
    </message>
    <message>
        <source>Set points to 1; copies work for every layer.</source>
        <translation>请将窗口位置设为 1；副本适用于所有层。</translation>
    </message>
    <message>
        <source>Simulate again.</source>
        <translation>请重新模拟。</translation>
    </message>
    <message>
        <source>Sounds fit inputs [1, values]. Compute the features and save them as an .npz.</source>
        <translation>声音适用于形状为 [1, 数值数] 的输入。请计算特征并保存为 .npz。</translation>
    </message>
    <message>
        <source>Sounds of {0} Hz were cut into windows of {1} values, {2}.</source>
        <translation>{0} Hz 的声音已切成每段 {1} 个值的窗口，{2}。</translation>
    </message>
    <message>
        <source>Start from another preset, nor55 for instance.</source>
        <translation>请从其他预设开始，例如 nor55。</translation>
    </message>
    <message>
        <source>Start the emulator, or check the port.</source>
        <translation>请启动仿真器，或检查端口。</translation>
    </message>
    <message>
        <source>Store the layer fewer times: {0} copies multiply its bias.</source>
        <translation>请减少该层的存储份数：{0} 个副本会使其偏置成倍增加。</translation>
    </message>
    <message>
        <source>Supported are: {0}.</source>
        <translation>支持：{0}。</translation>
    </message>
    <message>
        <source>Take at least one chip, a seed from 0, a yield threshold of 0 to 1, a time from 0 and a temperature from -100 to 300 degrees Celsius.</source>
        <translation>至少取一片芯片，随机种子从 0 起，良率阈值 0 至 1，时间从 0 起，温度 -100 至 300 摄氏度。</translation>
    </message>
    <message>
        <source>Take the pins away (Mapper &gt; Forget places), or move the block.</source>
        <translation>请取消固定（映射器 &gt; 清除手动位置），或移动该块。</translation>
    </message>
    <message>
        <source>Take the pins away (Mapper &gt; Forget places).</source>
        <translation>请取消固定（映射器 &gt; 清除手动位置）。</translation>
    </message>
    <message>
        <source>The accuracy falls from {0} % to {1} % in integers: `cim-studio report` shows which layers lose it, and what to do.</source>
        <translation>整数化后准确率从 {0} % 降至 {1} %：`cim-studio report` 会显示是哪些层造成的，以及如何处理。</translation>
    </message>
    <message>
        <source>The axes are in another order: transpose them.</source>
        <translation>轴的顺序不同：请转置。</translation>
    </message>
    <message>
        <source>The blocks need {0} {1}, {2} {3}.</source>
        <translation>这些块需要 {0} {1}，{2} {3}。</translation>
    </message>
    <message>
        <source>The chip runs a fixed sequence of layers: export the model without branches and loops, traced with one example input.</source>
        <translation>芯片按固定顺序运行各层：导出模型时请去掉分支和循环，用一个示例输入追踪。</translation>
    </message>
    <message>
        <source>The columns are {0}.</source>
        <translation>各列为 {0}。</translation>
    </message>
    <message>
        <source>The columns are {0}; put a list in quotation marks.</source>
        <translation>各列为 {0}；列表请加引号。</translation>
    </message>
    <message>
        <source>The file belongs to another layers.txt, or is cut off.</source>
        <translation>该文件属于另一个 layers.txt，或不完整。</translation>
    </message>
    <message>
        <source>The file is damaged or was made for another chip. Map the model again, or get an undamaged copy of the file.</source>
        <translation>文件已损坏或是为其他芯片制作的。请重新映射模型，或取得完好的文件副本。</translation>
    </message>
    <message>
        <source>The file is damaged: export it again and check that the copy is complete.</source>
        <translation>文件已损坏：请重新导出，并检查副本是否完整。</translation>
    </message>
    <message>
        <source>The file is not a valid graph: export it again.</source>
        <translation>该文件不是有效的计算图：请重新导出。</translation>
    </message>
    <message>
        <source>The file is not valid: export it again.</source>
        <translation>文件无效：请重新导出。</translation>
    </message>
    <message>
        <source>The firmware needs a 32-bit RISC-V such as rv32imafc (cpu.isa in the chip file).</source>
        <translation>固件需要 32 位 RISC-V，例如 rv32imafc（芯片文件中的 cpu.isa）。</translation>
    </message>
    <message>
        <source>The frames were made from another network than the layout.</source>
        <translation>这些帧与布局来自不同的网络。</translation>
    </message>
    <message>
        <source>The gain is multiplied by it and stays a power of two.</source>
        <translation>增益会乘以它，且保持为 2 的幂。</translation>
    </message>
    <message>
        <source>The integers {0}. {1}.</source>
        <translation>整数结果{0}。{1}。</translation>
    </message>
    <message>
        <source>The layout was made for another chip: map the model again.</source>
        <translation>该布局是为其他芯片制作的：请重新映射模型。</translation>
    </message>
    <message>
        <source>The log has {0} layers, the network {1}: the layers get the log&apos;s distribution of correlations.</source>
        <translation>日志有 {0} 层，网络有 {1} 层：各层采用日志中相关系数的分布。</translation>
    </message>
    <message>
        <source>The maker&apos;s IDE writes none: delete that part if you trust the file.</source>
        <translation>厂商的 IDE 不会写入该部分：如果您信任此文件，请删除它。</translation>
    </message>
    <message>
        <source>The model contradicts itself, or the input shape given for it: check the sizes in the node named above, or export it again.</source>
        <translation>模型自相矛盾，或与给定的输入形状矛盾：请检查上述节点的尺寸，或重新导出。</translation>
    </message>
    <message>
        <source>The model has the maker&apos;s operators (Scale, ...), whose weights are chip integers. Quantize it with the maker&apos;s tool, or export the float model without them.</source>
        <translation>模型含有厂商算子（Scale, ...），其权重为芯片整数。请用厂商工具量化，或导出不含这些算子的浮点模型。</translation>
    </message>
    <message>
        <source>The model&apos;s gain is {0}, and {1}. Choose smaller numbers.</source>
        <translation>模型的增益为 {0}，且{1}。请选择更小的数值。</translation>
    </message>
    <message>
        <source>The rules are:
{0}</source>
        <translation>规则如下：
{0}</translation>
    </message>
    <message>
        <source>The search and OR-tools stop sooner when there is nothing left to find.</source>
        <translation>没有更好的结果时，搜索和 OR-tools 会提前停止。</translation>
    </message>
    <message>
        <source>The whole output is in {0}.</source>
        <translation>完整输出见 {0}。</translation>
    </message>
    <message>
        <source>There are no numbers in the chip file for the array&apos;s latency and for energy.</source>
        <translation>芯片文件中没有阵列延迟和能耗的数值。</translation>
    </message>
    <message>
        <source>They exclude each other: leave one out.</source>
        <translation>二者互斥：请去掉一个。</translation>
    </message>
    <message>
        <source>They lie in one folder for each class, or all in this folder.</source>
        <translation>它们应按类别分文件夹存放，或全部放在此文件夹中。</translation>
    </message>
    <message>
        <source>This is a bug; please report it.</source>
        <translation>这是程序缺陷，请报告。</translation>
    </message>
    <message>
        <source>This network&apos;s states: {0}.</source>
        <translation>此网络的状态：{0}。</translation>
    </message>
    <message>
        <source>Training has diverged, or a float16 weight overflowed: export a sound model.</source>
        <translation>训练已发散，或 float16 权重溢出：请导出正常的模型。</translation>
    </message>
    <message>
        <source>Tuned: {0}. Output SNR {1} dB before, {2} dB after, on calibration samples kept apart.</source>
        <translation>已调优：{0}。在预留的校准样本上，输出 SNR 由 {1} dB 变为 {2} dB。</translation>
    </message>
    <message>
        <source>Type socket://HOST:PORT, rfc2217://HOST:PORT, loop://, or the name of a port.</source>
        <translation>请输入 socket://HOST:PORT、rfc2217://HOST:PORT、loop:// 或串口名称。</translation>
    </message>
    <message>
        <source>Update CIM Studio to open it. Nothing was changed.</source>
        <translation>请更新 CIM Studio 后打开。未作任何更改。</translation>
    </message>
    <message>
        <source>Use 0.</source>
        <translation>请用 0。</translation>
    </message>
    <message>
        <source>Use PN for signed inputs (--signed pn), or a smaller gain for this layer.</source>
        <translation>请对有符号输入使用 PN（--signed pn），或减小该层的增益。</translation>
    </message>
    <message>
        <source>Use [N, C], [N, C, L], [N, T, C] or [N, C, H, W].</source>
        <translation>请使用 [N, C]、[N, C, L]、[N, T, C] 或 [N, C, H, W]。</translation>
    </message>
    <message>
        <source>Use a smaller model or fewer test samples.</source>
        <translation>请使用更小的模型或更少的测试样本。</translation>
    </message>
    <message>
        <source>Use signed_input {0} (PN for all) or -1 (+128 for all), or leave multi_point out.</source>
        <translation>请使用 signed_input {0}（全部 PN）或 -1（全部 +128），或去掉 multi_point。</translation>
    </message>
    <message>
        <source>Use signed_input {0} (PN for all), or samples of -128..127.</source>
        <translation>请使用 signed_input {0}（全部 PN），或 -128..127 的样本。</translation>
    </message>
    <message>
        <source>Use slightly smaller feature maps, or fewer branches held at the same time.</source>
        <translation>请使用略小的特征图，或减少同时保留的分支。</translation>
    </message>
    <message>
        <source>Choose another toolchain, or install ziglang and ninja again.</source>
        <translation>请选择其他工具链，或重新安装 ziglang 和 ninja。</translation>
    </message>
    <message>
        <source>Audio comes in packets r_mc of int16 samples.</source>
        <translation>音频以 int16 样本的 r_mc 数据包传来。</translation>
    </message>
    <message>
        <source>Check brackets and quantifiers.</source>
        <translation>请检查括号和量词。</translation>
    </message>
    <message>
        <source>Check flow control and wiring, or cancel what waits.</source>
        <translation>请检查流控和接线，或取消等待发送的内容。</translation>
    </message>
    <message>
        <source>Check the address, the network and the firewall.</source>
        <translation>请检查地址、网络和防火墙。</translation>
    </message>
    <message>
        <source>Check the address.</source>
        <translation>请检查地址。</translation>
    </message>
    <message>
        <source>Choose UTF-8, or leave it out.</source>
        <translation>请选择 UTF-8，或省略它。</translation>
    </message>
    <message>
        <source>Choose a recording (*.cimrec).</source>
        <translation>请选择一个录制文件（*.cimrec）。</translation>
    </message>
    <message>
        <source>Choose another baud rate, data bits, parity or stop bits.</source>
        <translation>请选择其他波特率、数据位、校验位或停止位。</translation>
    </message>
    <message>
        <source>Choose another port, or 0 for any free one.</source>
        <translation>请选择其他端口，或用 0 表示任意空闲端口。</translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation>请选择其他值。</translation>
    </message>
    <message>
        <source>Choose one from the list.</source>
        <translation>请从列表中选择。</translation>
    </message>
    <message>
        <source>Choose one rate.</source>
        <translation>请选择一个采样率。</translation>
    </message>
    <message>
        <source>Choose the results folder of a deployed model.</source>
        <translation>请选择已部署模型的结果文件夹。</translation>
    </message>
    <message>
        <source>Choose utf-8 or gbk.</source>
        <translation>请选择 utf-8 或 gbk。</translation>
    </message>
    <message>
        <source>Close it there and try again.</source>
        <translation>请在那里关闭它，然后重试。</translation>
    </message>
    <message>
        <source>Close the other serial monitor or debugger (Arduino, PuTTY, a second window) and try again.</source>
        <translation>请关闭其他串口监视器或调试器（Arduino、PuTTY、另一个窗口），然后重试。</translation>
    </message>
    <message>
        <source>Close the programs that use it.</source>
        <translation>请关闭正在使用它的程序。</translation>
    </message>
    <message>
        <source>Correct the path in the settings, or empty it to have the tool looked for.</source>
        <translation>请更正设置中的路径，或清空它以便自动查找。</translation>
    </message>
    <message>
        <source>Deploy a model, or record a session.</source>
        <translation>请先部署模型，或录制一次会话。</translation>
    </message>
    <message>
        <source>Did the mapper fail? Read what it said.</source>
        <translation>映射器失败了吗？请查看它的输出。</translation>
    </message>
    <message>
        <source>Docker cannot mount a folder whose name has a comma or quotes</source>
        <translation>Docker 无法挂载名称中含有逗号或引号的文件夹</translation>
    </message>
    <message>
        <source>Export to another folder.</source>
        <translation>请导出到其他文件夹。</translation>
    </message>
    <message>
        <source>Firmware and simulator must agree to the last bit.</source>
        <translation>固件与模拟器必须逐位一致。</translation>
    </message>
    <message>
        <source>Give a host name and a port from 1 to 65535.</source>
        <translation>请给出主机名和 1 到 65535 之间的端口。</translation>
    </message>
    <message>
        <source>Give a plain name, without spaces.</source>
        <translation>请给出普通名称，不含空格。</translation>
    </message>
    <message>
        <source>Give as many samples for each input.</source>
        <translation>请为每个输入给出同样多的样本。</translation>
    </message>
    <message>
        <source>Give one class index for each sample, -1 where it has none, or no labels.</source>
        <translation>请为每个样本给出一个类别编号（没有则为 -1），或不提供标签。</translation>
    </message>
    <message>
        <source>Give the maker&apos;s mapper a network of Gemm, Conv, Relu, Add, Mul, Concat, Slice, AveragePool and tables; or, of a model that is in the maker&apos;s dialect already, the model itself (--model FILE).</source>
        <translation>厂商映射器接受由 Gemm、Conv、Relu、Add、Mul、Concat、Slice、AveragePool 和查找表组成的网络；如果模型已是厂商方言，请直接给出模型本身（--model FILE）。</translation>
    </message>
    <message>
        <source>Give: {0}.</source>
        <translation>请给出：{0}。</translation>
    </message>
    <message>
        <source>Install Docker (on Windows and macOS Docker Desktop) and start it.</source>
        <translation>请安装 Docker（在 Windows 和 macOS 上为 Docker Desktop）并启动它。</translation>
    </message>
    <message>
        <source>Install OpenOCD: apt install openocd, brew install open-ocd, or xPack OpenOCD on Windows; then choose it in the settings, under Board, if it is not found.</source>
        <translation>请安装 OpenOCD：apt install openocd、brew install open-ocd，或 Windows 上的 xPack OpenOCD；如果仍未找到，请在设置的“开发板”中选择它。</translation>
    </message>
    <message>
        <source>Install SEGGER&apos;s J-Link Software and Documentation Pack, then choose JLink.exe (JLinkExe) in the settings, under Board, if it is not found.</source>
        <translation>请安装 SEGGER 的 J-Link Software and Documentation Pack；如果仍未找到，请在设置的“开发板”中选择 JLink.exe（JLinkExe）。</translation>
    </message>
    <message>
        <source>Install gdb-multiarch, or a RISC-V GCC, which brings its GDB.</source>
        <translation>请安装 gdb-multiarch，或自带 GDB 的 RISC-V GCC。</translation>
    </message>
    <message>
        <source>Install it with &quot;pip install ninja&quot; in the Python environment of CIM Studio.</source>
        <translation>请在 CIM Studio 的 Python 环境中用 &quot;pip install ninja&quot; 安装。</translation>
    </message>
    <message>
        <source>Install the OpenSSH client; on Windows it is an optional feature of the system.</source>
        <translation>请安装 OpenSSH 客户端；在 Windows 上它是系统的可选功能。</translation>
    </message>
    <message>
        <source>Is it a CIM Studio of this version?</source>
        <translation>对方是此版本的 CIM Studio 吗？</translation>
    </message>
    <message>
        <source>Is the board powered and connected? The end of its output was:
(it wrote nothing)</source>
        <translation>开发板是否已通电并连接？其输出的末尾是：
（没有任何输出）</translation>
    </message>
    <message>
        <source>Is the board powered and connected? The end of its output was:
{0}</source>
        <translation>开发板是否已通电并连接？其输出的末尾是：
{0}</translation>
    </message>
    <message>
        <source>It belongs to the group {0}. Run: sudo usermod -aG {1} $USER and log in again.</source>
        <translation>它属于用户组 {0}。请运行：sudo usermod -aG {1} $USER，然后重新登录。</translation>
    </message>
    <message>
        <source>It comes with the OpenSSH client.</source>
        <translation>它随 OpenSSH 客户端提供。</translation>
    </message>
    <message>
        <source>It does not say its version: {0}.</source>
        <translation>它没有给出版本：{0}。</translation>
    </message>
    <message>
        <source>It has a name and a text, an ending (none, lf, cr, crlf), a form (text, escapes, hex) and seconds in every.</source>
        <translation>它有名称和文本、行尾（none、lf、cr、crlf）、形式（text、escapes、hex），以及 every 中的秒数。</translation>
    </message>
    <message>
        <source>It must be global or static, and in use: the linker leaves out the others.</source>
        <translation>变量必须是全局或静态的，并且被用到：其余的会被链接器去掉。</translation>
    </message>
    <message>
        <source>It must lie where it was when it was quantized.</source>
        <translation>它必须位于量化时所在的位置。</translation>
    </message>
    <message>
        <source>It must not be empty, and have no braces in it.</source>
        <translation>不能为空，也不能含有花括号。</translation>
    </message>
    <message>
        <source>It said:
{0}</source>
        <translation>它的输出：
{0}</translation>
    </message>
    <message>
        <source>Layer inputs and outputs must fit in {0}, each in one piece: {1}, and no arrangement of the network&apos;s {2} tensors was found</source>
        <translation>各层的输入和输出必须整块放入 {0}：{1}，而网络的 {2} 个张量没有找到可行的排布</translation>
    </message>
    <message>
        <source>Layer inputs and outputs must fit in {0}: {1}, {2} too many</source>
        <translation>各层的输入和输出必须放入 {0}：{1}，超出 {2}</translation>
    </message>
    <message>
        <source>Load firmware that takes samples over the serial line, reset the board, check port and baud rate.</source>
        <translation>请下载经串口接收样本的固件，复位开发板，并检查端口和波特率。</translation>
    </message>
    <message>
        <source>Load the firmware of this results folder, and program its map.csv.</source>
        <translation>请下载此结果文件夹的固件，并烧写其 map.csv。</translation>
    </message>
    <message>
        <source>Logging in must not print anything there.</source>
        <translation>在那里登录时不得输出任何内容。</translation>
    </message>
    <message>
        <source>Looked in {0}. It said:
{1}</source>
        <translation>已查找 {0}。它的输出：
{1}</translation>
    </message>
    <message>
        <source>Looking ahead or behind is not possible; match what stands there instead.</source>
        <translation>不支持前后预查；请直接匹配那里的内容。</translation>
    </message>
    <message>
        <source>Map the model first: its results folder has them in the folder map.</source>
        <translation>请先映射模型：结果文件夹的 map 文件夹中有这些文件。</translation>
    </message>
    <message>
        <source>Name that very file, or leave --model out to have the network written anew.</source>
        <translation>请指定原来那个文件，或省略 --model 以重新写出网络。</translation>
    </message>
    <message>
        <source>Name the folder maker-export wrote, or a results folder with --into.</source>
        <translation>请指定 maker-export 写出的文件夹，或用 --into 指定结果文件夹。</translation>
    </message>
    <message>
        <source>Name the folder of one run: {0}</source>
        <translation>请指定某一次运行的文件夹：{0}</translation>
    </message>
    <message>
        <source>Name the results folder: Session(&apos;emulator&apos;, &apos;results&apos;).</source>
        <translation>请指明结果文件夹：Session(&apos;emulator&apos;, &apos;results&apos;)。</translation>
    </message>
    <message>
        <source>Not needed: zig comes with CIM Studio. Install gcc-riscv64-unknown-elf, or xPack GNU RISC-V Embedded GCC, to build with GCC.</source>
        <translation>不是必需的：CIM Studio 自带 zig。要用 GCC 构建，请安装 gcc-riscv64-unknown-elf 或 xPack GNU RISC-V Embedded GCC。</translation>
    </message>
    <message>
        <source>One output position of an array operation must fit in the {0} bytes of NPU memory: operation {1} needs {2} = {3} bytes, {4} too many</source>
        <translation>阵列运算的一个输出位置必须放入 {0} 字节的 NPU 内存：运算 {1} 需要 {2} = {3} 字节，超出 {4}</translation>
    </message>
    <message>
        <source>Only root may open it. Install the udev rule of your adapter (or one with MODE=&quot;0660&quot;, GROUP=&quot;dialout&quot;), then plug the board in again.</source>
        <translation>只有 root 能打开它。请安装该适配器的 udev 规则（或含有 MODE=&quot;0660&quot;, GROUP=&quot;dialout&quot; 的规则），然后重新接上开发板。</translation>
    </message>
    <message>
        <source>Open it, or wait until it is back.</source>
        <translation>请打开它，或等待它重新出现。</translation>
    </message>
    <message>
        <source>Open the recording with the version of the program that made it.</source>
        <translation>请用录制时的程序版本打开此录制。</translation>
    </message>
    <message>
        <source>OpenOCD speaks cJTAG only through probes with an FTDI chip</source>
        <translation>OpenOCD 只能通过带 FTDI 芯片的调试器使用 cJTAG</translation>
    </message>
    <message>
        <source>Operations run one after another, and so do an operation&apos;s blocks: a round for each window position, or each group of points, of every block. Energy counts the network&apos;s multiply-accumulates and the CPU&apos;s cycles while it works, which are those of our kernels as the emulator counts them, to 30 %. The operations of a recurrent cell count once for each step.</source>
        <translation>各运算依次执行，运算中的块也依次执行：每个块的每个窗口位置（或每组点）各一轮。能耗计入网络的乘加运算和 CPU 工作时的周期；周期数是仿真器对我们的内核计得的，误差在 30 % 以内。循环单元的运算每一步计一次。</translation>
    </message>
    <message>
        <source>Plug it out and in again.</source>
        <translation>请拔下后重新接上。</translation>
    </message>
    <message>
        <source>Plug the board in again.</source>
        <translation>请重新插上开发板。</translation>
    </message>
    <message>
        <source>Plug the board out and in again. If that does not help, install its USB driver again; a port without a device cannot be opened.</source>
        <translation>请拔下开发板后重新接上。如果无效，请重新安装其 USB 驱动；没有设备的串口无法打开。</translation>
    </message>
    <message>
        <source>Program the array and load the firmware from the same results folder.</source>
        <translation>请用同一个结果文件夹烧写阵列并下载固件。</translation>
    </message>
    <message>
        <source>Remove the entry from the settings file.</source>
        <translation>请从设置文件中删除该项。</translation>
    </message>
    <message>
        <source>Reset the board and try again.</source>
        <translation>请复位开发板后重试。</translation>
    </message>
    <message>
        <source>Run it first: cim-studio maker-run, or by hand as README.md tells.</source>
        <translation>请先运行它：cim-studio maker-run，或按 README.md 手动运行。</translation>
    </message>
    <message>
        <source>Run the network or the layer first, or give its inputs.</source>
        <translation>请先运行网络或该层，或给出其输入。</translation>
    </message>
    <message>
        <source>Say yes once for this folder: answer the question of the window, or add --yes on the command line.</source>
        <translation>请对此文件夹确认一次：在窗口中回答问题，或在命令行加上 --yes。</translation>
    </message>
    <message>
        <source>See the log.</source>
        <translation>请查看日志。</translation>
    </message>
    <message>
        <source>Simulate the network with samples first.</source>
        <translation>请先用样本模拟网络。</translation>
    </message>
    <message>
        <source>The array may be half programmed now: program it again, to the end, before you trust what it computes.</source>
        <translation>阵列现在可能只烧写了一半：请重新完整烧写，然后再相信它的计算结果。</translation>
    </message>
    <message>
        <source>The disk is full: free some space. {0}</source>
        <translation>磁盘已满：请释放一些空间。{0}</translation>
    </message>
    <message>
        <source>The end of the tool&apos;s output:
{0}</source>
        <translation>工具输出的末尾：
{0}</translation>
    </message>
    <message>
        <source>The files come from different runs of the mapper: map the model again.</source>
        <translation>这些文件来自不同的映射：请重新映射模型。</translation>
    </message>
    <message>
        <source>The firmware waits or loops there. Look at that place, or allow more time.</source>
        <translation>固件在那里等待或循环。请检查该处，或给予更多时间。</translation>
    </message>
    <message>
        <source>The inputs alone are {0} bytes. {1}</source>
        <translation>仅输入就有 {0} 字节。{1}</translation>
    </message>
    <message>
        <source>The layers are: {0}.</source>
        <translation>各层为：{0}。</translation>
    </message>
    <message>
        <source>The programming tool said:
{0}</source>
        <translation>烧写工具的输出：
{0}</translation>
    </message>
    <message>
        <source>There are no simulated samples; the mapper calibrates by random ones.</source>
        <translation>没有模拟过的样本；映射器用随机样本校准。</translation>
    </message>
    <message>
        <source>Types: {0}.</source>
        <translation>可用的类型：{0}。</translation>
    </message>
    <message>
        <source>Use fewer channels, a smaller kernel or less dilation, or split the layer.</source>
        <translation>请使用更少的通道、更小的卷积核或更小的膨胀，或拆分该层。</translation>
    </message>
    <message>
        <source>Use it inside `with`, or open it.</source>
        <translation>请在 `with` 中使用，或先打开它。</translation>
    </message>
    <message>
        <source>Use no more than {0} characters.</source>
        <translation>请不要超过 {0} 个字符。</translation>
    </message>
    <message>
        <source>Use smaller feature maps: larger strides, pooling earlier, fewer channels, a smaller input (fewer frames a sample), or fewer branches held at the same time.</source>
        <translation>请使用更小的特征图：更大的步长、更早的池化、更少的通道、更小的输入（每个样本更少的帧），或减少同时保留的分支。</translation>
    </message>
    <message>
        <source>Use smaller numbers of repetitions.</source>
        <translation>请使用更小的重复次数。</translation>
    </message>
    <message>
        <source>Values: {0}, or 0..{1}.</source>
        <translation>可取值：{0}，或 0..{1}。</translation>
    </message>
    <message>
        <source>Values: {0}.</source>
        <translation>可取值：{0}。</translation>
    </message>
    <message>
        <source>Was the file made for another chip? Choose that one with --chip.</source>
        <translation>该文件是否是为其他芯片制作的？请用 --chip 选择该芯片。</translation>
    </message>
    <message>
        <source>With as many outputs the layer can have {0} inputs: pool or use strides before it, or split it into layers whose results are added.</source>
        <translation>在这么多输出下，该层最多可有 {0} 个输入：请在其前使用池化或步幅，或将其拆成若干层再把结果相加。</translation>
    </message>
    <message>
        <source>WitinProgramTool comes with the chip&apos;s development board and its SDK, for Windows. Choose the program in the settings, under Board.</source>
        <translation>WitinProgramTool 随芯片的开发板及其 SDK 提供，用于 Windows。请在设置的“开发板”中选择该程序。</translation>
    </message>
    <message>
        <source>Write HOST:PORT in the settings, under Board, for instance localhost:3333.</source>
        <translation>请在设置的“开发板”中写“主机:端口”，例如 localhost:3333。</translation>
    </message>
    <message>
        <source>Write a whole number from 1 to {0}.</source>
        <translation>请写 1 至 {0} 的整数。</translation>
    </message>
    <message>
        <source>Write digits only; several predecessors are divided by spaces.</source>
        <translation>只写数字；多个前驱以空格分隔。</translation>
    </message>
    <message>
        <source>Write each message at most {0} for this layer.</source>
        <translation>该层的每种消息最多写 {0}。</translation>
    </message>
    <message>
        <source>Write for example: { name = &quot;Release&quot;, toolchain = &quot;auto&quot; }.</source>
        <translation>例如写：{ name = &quot;Release&quot;, toolchain = &quot;auto&quot; }。</translation>
    </message>
    <message>
        <source>Write jlink_device into its [probe] table, or download by OpenOCD.</source>
        <translation>请在其 [probe] 表中写入 jlink_device，或用 OpenOCD 下载。</translation>
    </message>
    <message>
        <source>Write name: &quot;NODE&quot;, the name of a node of the model.</source>
        <translation>请写 name: &quot;NODE&quot;，即模型节点的名称。</translation>
    </message>
    <message>
        <source>Write one line a block.</source>
        <translation>每个块写一行。</translation>
    </message>
    <message>
        <source>Write one line a core.</source>
        <translation>每个内核写一行。</translation>
    </message>
    <message>
        <source>Write one with cim-studio maker-export.</source>
        <translation>请用 cim-studio maker-export 生成。</translation>
    </message>
    <message>
        <source>Write pairs of digits, such as CC 0D 0A.</source>
        <translation>请成对书写十六进制数字，例如 CC 0D 0A。</translation>
    </message>
    <message>
        <source>You are in the group {0}, but not yet in this session: log in again.</source>
        <translation>您已在用户组 {0} 中，但当前会话尚未生效：请重新登录。</translation>
    </message>
    <message>
        <source>a bias of {0} does not fit {1} bias rows, which hold at most {2}</source>
        <translation>偏置 {0} 超出 {1} 个偏置行的容量，其上限为 {2}</translation>
    </message>
    <message>
        <source>a build needs a name</source>
        <translation>构建配置需要名称</translation>
    </message>
    <message>
        <source>a classroom has at most {0} stations</source>
        <translation>课堂最多有 {0} 个工位</translation>
    </message>
    <message>
        <source>a file name no compiler takes</source>
        <translation>任何编译器都不接受的文件名</translation>
    </message>
    <message>
        <source>a file without an ending</source>
        <translation>没有扩展名的文件</translation>
    </message>
    <message>
        <source>a float model needs calibration samples to be quantized</source>
        <translation>量化浮点模型需要校准样本</translation>
    </message>
    <message>
        <source>a float model needs samples to be quantized, and none were given</source>
        <translation>量化浮点模型需要样本，但没有给出</translation>
    </message>
    <message>
        <source>a function of the model cannot be inlined: {0}</source>
        <translation>无法内联模型的函数：{0}</translation>
    </message>
    <message>
        <source>a layer&apos;s correlation is not above 0: that is no noise but a fault</source>
        <translation>某层的相关系数不大于 0：这不是噪声而是故障</translation>
    </message>
    <message>
        <source>a layerOptiConfig has no name</source>
        <translation>有 layerOptiConfig 缺少 name</translation>
    </message>
    <message>
        <source>a name in the file is no text</source>
        <translation>文件中有名称不是文本</translation>
    </message>
    <message>
        <source>a row of statistics has {0} numbers, not {1}</source>
        <translation>某行统计数据有 {0} 个数，应为 {1} 个</translation>
    </message>
    <message>
        <source>a row of statistics holds no numbers</source>
        <translation>某行统计数据不含数值</translation>
    </message>
    <message>
        <source>a row tile as you chose it</source>
        <translation>您所选的行分块</translation>
    </message>
    <message>
        <source>a row tile of one row cannot hold a signed input, which takes two with PN</source>
        <translation>单行分块放不下有符号输入，PN 需要两行</translation>
    </message>
    <message>
        <source>a segment at 0x{0} lies in no memory of {1}</source>
        <translation>0x{0} 处的段不在 {1} 的任何存储器中</translation>
    </message>
    <message>
        <source>a shape was given for {0}, which is no input of the model</source>
        <translation>为 {0} 指定了形状，但它不是模型的输入</translation>
    </message>
    <message>
        <source>a state of shape {0}, expected {1}</source>
        <translation>状态的形状为 {0}，应为 {1}</translation>
    </message>
    <message>
        <source>a state&apos;s values are integers {0}..{1}</source>
        <translation>状态的值应为 {0}..{1} 的整数</translation>
    </message>
    <message>
        <source>a tile takes {0} rows, {1} has {2}</source>
        <translation>分块需要 {0} 行，{1} 有 {2} 行</translation>
    </message>
    <message>
        <source>a value is no 16-bit integer</source>
        <translation>有值不是 16 位整数</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a worker process ended before its time</source>
        <translation>工作进程提前结束</translation>
    </message>
    <message>
        <source>a {0} cannot be written as {1}</source>
        <translation>{0} 无法写为 {1}</translation>
    </message>
    <message>
        <source>an .npy file holds one array, the model has {0} inputs</source>
        <translation>.npy 文件只含一个数组，而模型有 {0} 个输入</translation>
    </message>
    <message>
        <source>at least {0} arrays are proved necessary, {1} are used</source>
        <translation>已证明至少需要 {0} 个阵列，使用了 {1} 个</translation>
    </message>
    <message>
        <source>at least {0} short blocks are proved necessary, there are {1}</source>
        <translation>已证明至少有 {0} 个块偏置行不足，现有 {1} 个</translation>
    </message>
    <message>
        <source>attribute {0} of node {1} ({2}) is of the wrong kind</source>
        <translation>节点 {1}（{2}）的属性 {0} 类型错误</translation>
    </message>
    <message>
        <source>bank {0} overlaps another or leaves the array</source>
        <translation>Bank {0} 与其他 Bank 重叠或超出阵列</translation>
    </message>
    <message>
        <source>bias correction</source>
        <translation>偏置校正</translation>
    </message>
    <message>
        <source>bias rows {0}..{1} of {2} leave the strip, which has {3}</source>
        <translation>{2} 的偏置行 {0}..{1} 超出条带，条带只有 {3} 行</translation>
    </message>
    <message>
        <source>bias_rows is {0}, must be 1..{1}</source>
        <translation>bias_rows 为 {0}，必须为 1..{1}</translation>
    </message>
    <message>
        <source>block {0} leaves the array</source>
        <translation>块 {0} 超出阵列</translation>
    </message>
    <message>
        <source>built firmware with {0} samples</source>
        <translation>已构建含 {0} 个样本的固件</translation>
    </message>
    <message>
        <source>calibrate {0}with samples that are more like the data</source>
        <translation>请用更接近实际数据的样本校准 {0}</translation>
    </message>
    <message>
        <source>calibrating, sample {0} of {1}</source>
        <translation>正在校准，样本 {0}/{1}</translation>
    </message>
    <message>
        <source>cannot be copied into the project: {0}</source>
        <translation>无法复制到工程中：{0}</translation>
    </message>
    <message>
        <source>cannot be deleted: {0}</source>
        <translation>无法删除：{0}</translation>
    </message>
    <message>
        <source>cannot be read: {0}</source>
        <translation>无法读取：{0}</translation>
    </message>
    <message>
        <source>cannot be written: {0}</source>
        <translation>无法写入：{0}</translation>
    </message>
    <message>
        <source>cannot listen on port {0}: {1}</source>
        <translation>无法监听端口 {0}：{1}</translation>
    </message>
    <message>
        <source>cannot make this folder: {0}</source>
        <translation>无法创建此文件夹：{0}</translation>
    </message>
    <message>
        <source>cannot open the port: {0}</source>
        <translation>无法打开串口：{0}</translation>
    </message>
    <message>
        <source>cannot read the file: {0}</source>
        <translation>无法读取文件：{0}</translation>
    </message>
    <message>
        <source>cannot read the firmware: {0}</source>
        <translation>无法读取固件：{0}</translation>
    </message>
    <message>
        <source>cannot read the folder: {0}</source>
        <translation>无法读取文件夹：{0}</translation>
    </message>
    <message>
        <source>cannot read the layer options: {0}</source>
        <translation>无法读取层选项：{0}</translation>
    </message>
    <message>
        <source>cannot read the layout: {0}</source>
        <translation>无法读取布局：{0}</translation>
    </message>
    <message>
        <source>cannot read the map file: {0}</source>
        <translation>无法读取映射文件：{0}</translation>
    </message>
    <message>
        <source>cannot read the model: {0}</source>
        <translation>无法读取模型：{0}</translation>
    </message>
    <message>
        <source>cannot read this file: {0}</source>
        <translation>无法读取此文件：{0}</translation>
    </message>
    <message>
        <source>cannot read this folder: {0}</source>
        <translation>无法读取此文件夹：{0}</translation>
    </message>
    <message>
        <source>cannot read this recording: {0}</source>
        <translation>无法读取此录制：{0}</translation>
    </message>
    <message>
        <source>cannot record: {0}</source>
        <translation>无法录制：{0}</translation>
    </message>
    <message>
        <source>cannot share on port {0}: {1}</source>
        <translation>无法在端口 {0} 上共享：{1}</translation>
    </message>
    <message>
        <source>cannot write here: {0}</source>
        <translation>无法写入此处：{0}</translation>
    </message>
    <message>
        <source>cannot write the serial log: {0}</source>
        <translation>无法写入串口日志：{0}</translation>
    </message>
    <message>
        <source>channel {0} of its input {1} is {2}, and its weights as much smaller than the others or clipped: use --mixed to keep them with 16 bits.</source>
        <translation>其输入 {1} 的通道 {0} 为{2}，对应权重相应地小于其他权重或被截断：请用 --mixed 以 16 位保留。</translation>
    </message>
    <message>
        <source>channel {0} of its input {1} is {2}: make that channel smaller in the layer before, and its weights here as much larger, in training.</source>
        <translation>其输入 {1} 的通道 {0} 为{2}：训练时请在前一层缩小该通道，并在此层相应放大其权重。</translation>
    </message>
    <message>
        <source>channel {0} of its input {1} is {2}: use --equalize.</source>
        <translation>其输入 {1} 的通道 {0} 为{2}：请用 --equalize。</translation>
    </message>
    <message>
        <source>channel {0} of the model&apos;s input {1} is {2}: standardize {3} outside the model, in training too, so that its features have one range.</source>
        <translation>模型输入 {1} 的通道 {0} 为{2}：请在模型外（训练时也一样）将 {3} 标准化，使其特征范围一致。</translation>
    </message>
    <message>
        <source>channels, sample {0} of {1}</source>
        <translation>通道，样本 {0}/{1}</translation>
    </message>
    <message>
        <source>checking operators and shapes</source>
        <translation>正在检查算子和形状</translation>
    </message>
    <message>
        <source>chip {0} ({1} runs)</source>
        <translation>芯片 {0}（{1} 次运行）</translation>
    </message>
    <message>
        <source>choosing integers</source>
        <translation>正在选择整数</translation>
    </message>
    <message>
        <source>cleaning up</source>
        <translation>正在清理</translation>
    </message>
    <message>
        <source>code needs {0} bytes, {1} available: {2} for the program and {3} for each of {4} samples, {5} too many</source>
        <translation>代码需要 {0} 字节，可用 {1}：程序 {2}，{4} 个样本每个 {3}，超出 {5}</translation>
    </message>
    <message>
        <source>column {0} of its matrix has a given place already</source>
        <translation>其矩阵的列 {0} 已有指定位置</translation>
    </message>
    <message>
        <source>columns {0}..{1} leave the array, which has {2}</source>
        <translation>列 {0}..{1} 超出阵列，阵列共 {2} 列</translation>
    </message>
    <message>
        <source>compared</source>
        <translation>对比完成</translation>
    </message>
    <message>
        <source>comparing it with the network</source>
        <translation>正在与网络比较</translation>
    </message>
    <message>
        <source>comparing sample {0} of {1}</source>
        <translation>正在对比样本 {0}/{1}</translation>
    </message>
    <message>
        <source>computing expected frames</source>
        <translation>正在计算期望帧</translation>
    </message>
    <message>
        <source>computing the exact answers</source>
        <translation>正在计算精确结果</translation>
    </message>
    <message>
        <source>connecting to the host</source>
        <translation>正在连接主机</translation>
    </message>
    <message>
        <source>convOpti has both tdnn_mode and conv2DToConv1D_enable</source>
        <translation>convOpti 同时含有 tdnn_mode 和 conv2DToConv1D_enable</translation>
    </message>
    <message>
        <source>convOpti {0} changes no number and is not used here.</source>
        <translation>convOpti {0} 不改变任何数值，此处不使用。</translation>
    </message>
    <message>
        <source>convention {0} cannot be {1}</source>
        <translation>约定 {0} 不能为 {1}</translation>
    </message>
    <message>
        <source>copies is {0}, must be a power of two from 1</source>
        <translation>副本数为 {0}，必须为从 1 起的 2 的幂</translation>
    </message>
    <message>
        <source>copying the folder to the host</source>
        <translation>正在把文件夹复制到主机</translation>
    </message>
    <message>
        <source>copying the map from the host</source>
        <translation>正在从主机复制映射结果</translation>
    </message>
    <message>
        <source>cpu.cycles.{0} must be from 0 to {1}</source>
        <translation>cpu.cycles.{0} 必须在 0 到 {1} 之间</translation>
    </message>
    <message>
        <source>do not follow the float model</source>
        <translation>不能跟随浮点模型</translation>
    </message>
    <message>
        <source>drawing the report</source>
        <translation>正在绘制报告</translation>
    </message>
    <message>
        <source>each block left fits alone, but they do not fit together</source>
        <translation>剩余的块单独都放得下，但不能同时放下</translation>
    </message>
    <message>
        <source>elements are of type {0}, expected numbers</source>
        <translation>元素类型为 {0}，应为数值</translation>
    </message>
    <message>
        <source>elements lie too deep in each other</source>
        <translation>元素嵌套过深</translation>
    </message>
    <message>
        <source>ending the container</source>
        <translation>正在结束容器</translation>
    </message>
    <message>
        <source>equalized by {0}</source>
        <translation>以 {0} 均衡</translation>
    </message>
    <message>
        <source>erasing and preparing the array</source>
        <translation>正在擦除并准备阵列</translation>
    </message>
    <message>
        <source>estimates.round.cycles must be at least 1</source>
        <translation>estimates.round.cycles 至少为 1</translation>
    </message>
    <message>
        <source>estimates.{0} has no source</source>
        <translation>estimates.{0} 没有注明来源</translation>
    </message>
    <message>
        <source>estimates.{0} must be a number from 0</source>
        <translation>estimates.{0} 必须为不小于 0 的数</translation>
    </message>
    <message>
        <source>even 16 bits are too few for its weights: {0}.</source>
        <translation>16 位也不足以表示其权重：{0}。</translation>
    </message>
    <message>
        <source>every rectangle</source>
        <translation>所有矩形</translation>
    </message>
    <message>
        <source>external data are more than the {0} MB we read</source>
        <translation>外部数据超过可读取的 {0} MB</translation>
    </message>
    <message>
        <source>external data file {0} of tensor {1} is missing</source>
        <translation>缺少张量 {1} 的外部数据文件 {0}</translation>
    </message>
    <message>
        <source>external data of tensor {0} cannot be read from {1}: {2}</source>
        <translation>无法从 {1} 读取张量 {0} 的外部数据：{2}</translation>
    </message>
    <message>
        <source>external data of tensor {0} lie outside the model&apos;s folder: {1}</source>
        <translation>张量 {0} 的外部数据在模型文件夹之外：{1}</translation>
    </message>
    <message>
        <source>finest_columns is {0}, must be at least 1</source>
        <translation>finest_columns 为 {0}，至少为 1</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>fitted</source>
        <translation>拟合完成</translation>
    </message>
    <message>
        <source>fitting every layer&apos;s output noise</source>
        <translation>正在拟合各层的输出噪声</translation>
    </message>
    <message>
        <source>fitting the model</source>
        <translation>正在拟合模型</translation>
    </message>
    <message>
        <source>float models</source>
        <translation>浮点模型</translation>
    </message>
    <message>
        <source>float reference, sample {0} of {1}</source>
        <translation>浮点参考，样本 {0}/{1}</translation>
    </message>
    <message>
        <source>follow the float model only roughly</source>
        <translation>只能大致跟随浮点模型</translation>
    </message>
    <message>
        <source>frame count {0}, must be at least 1</source>
        <translation>帧数为 {0}，至少为 1</translation>
    </message>
    <message>
        <source>gain_min and gain_max must be powers of two, the smaller one first</source>
        <translation>gain_min 和 gain_max 必须为 2 的幂，且前者较小</translation>
    </message>
    <message>
        <source>has no column {0}</source>
        <translation>没有列 {0}</translation>
    </message>
    <message>
        <source>has no {0}</source>
        <translation>没有 {0}</translation>
    </message>
    <message>
        <source>has the column {0} twice</source>
        <translation>列 {0} 重复</translation>
    </message>
    <message>
        <source>holds more than a cell can (+-{0})</source>
        <translation>超出单元的取值范围（+-{0}）</translation>
    </message>
    <message>
        <source>holds no noise model</source>
        <translation>不含噪声模型</translation>
    </message>
    <message>
        <source>holds {0} noise models</source>
        <translation>含有 {0} 个噪声模型</translation>
    </message>
    <message>
        <source>input has {0} axes {1}; 2, 3 or 4 are supported</source>
        <translation>输入有 {0} 个轴 {1}；支持 2、3 或 4 个</translation>
    </message>
    <message>
        <source>input {0} has no shape in the file</source>
        <translation>文件中输入 {0} 没有形状</translation>
    </message>
    <message>
        <source>input {0} has no size for axis {1}</source>
        <translation>输入 {0} 的轴 {1} 没有尺寸</translation>
    </message>
    <message>
        <source>input {0} has shape {1}: no batch axis and at least one other</source>
        <translation>输入 {0} 的形状为 {1}：缺少批次轴和至少一个其他轴</translation>
    </message>
    <message>
        <source>input {0} has type {1}; only floating-point tensors can be deployed</source>
        <translation>输入 {0} 的类型为 {1}；只能部署浮点张量</translation>
    </message>
    <message>
        <source>inputOpti and weightOpti multiply the bias too: choose smaller numbers.</source>
        <translation>inputOpti 和 weightOpti 也会放大偏置：请选择更小的数值。</translation>
    </message>
    <message>
        <source>inputs have different numbers of samples ({0})</source>
        <translation>各输入的样本数不同（{0}）</translation>
    </message>
    <message>
        <source>inputs have different numbers of steps ({0})</source>
        <translation>各输入的步数不同（{0}）</translation>
    </message>
    <message>
        <source>interrupts must have different numbers from 1 to {0}</source>
        <translation>各中断的编号必须互不相同，且在 1 到 {0} 之间</translation>
    </message>
    <message>
        <source>interrupts.uart must have one number a UART</source>
        <translation>interrupts.uart 必须为每个 UART 给出一个编号</translation>
    </message>
    <message>
        <source>is no cell of {0}</source>
        <translation>不是 {0} 的单元</translation>
    </message>
    <message>
        <source>is {0}, must be one of {1}</source>
        <translation>为 {0}，必须是以下之一：{1}</translation>
    </message>
    <message>
        <source>is {0}, must be {1}..{2}</source>
        <translation>为 {0}，必须为 {1}..{2}</translation>
    </message>
    <message>
        <source>it computes {0} points a round there, the layer now {1}</source>
        <translation>该处每轮计算 {0} 个窗口位置，该层现为 {1}</translation>
    </message>
    <message>
        <source>it ends too soon</source>
        <translation>文件提前结束</translation>
    </message>
    <message>
        <source>it has no layer {0}</source>
        <translation>没有层 {0}</translation>
    </message>
    <message>
        <source>it is an integer model</source>
        <translation>这是整数模型</translation>
    </message>
    <message>
        <source>it is not set up where the maker&apos;s mapper runs</source>
        <translation>尚未设置厂商映射器在哪里运行</translation>
    </message>
    <message>
        <source>it lists no file</source>
        <translation>其中没有列出文件</translation>
    </message>
    <message>
        <source>it makes {0} from {1}</source>
        <translation>它由 {1} 得到 {0}</translation>
    </message>
    <message>
        <source>it picks from the batch</source>
        <translation>它在批次中选取</translation>
    </message>
    <message>
        <source>it works along the batch</source>
        <translation>它沿批次轴运算</translation>
    </message>
    <message>
        <source>it would hold columns {0}..{1} of its matrix, which has {2}</source>
        <translation>它将包含其矩阵的列 {0}..{1}，而矩阵只有 {2} 列</translation>
    </message>
    <message>
        <source>its form is not valid ({0})</source>
        <translation>其格式无效（{0}）</translation>
    </message>
    <message>
        <source>its input {0} comes in steps too coarse for it: {1}.</source>
        <translation>其输入 {0} 的步长过粗：{1}。</translation>
    </message>
    <message>
        <source>its results need more than 8 bits: look at the layers before it first.</source>
        <translation>其结果需要多于 8 位：请先检查它之前的层。</translation>
    </message>
    <message>
        <source>its results need more than the levels of the model&apos;s input {0}: standardize {1} outside the model, in training too.</source>
        <translation>其结果需要的级数多于模型输入 {0} 的级数：请在模型外（训练时也一样）将 {1} 标准化。</translation>
    </message>
    <message>
        <source>its steps run along the model&apos;s first axis, which is the batch</source>
        <translation>其时间步沿模型的第一个轴，而该轴是批次</translation>
    </message>
    <message>
        <source>its weights reach only {0} of 127 levels, because a large bias or the largest gain limits them: {1}.</source>
        <translation>其权重只用到 127 级中的 {0} 级，因为受较大偏置或最大增益限制：{1}。</translation>
    </message>
    <message>
        <source>its {0} row tiles are each rounded to 8 bits: fewer inputs would need fewer.</source>
        <translation>其 {0} 个行分块各自舍入到 8 位：输入更少则分块更少。</translation>
    </message>
    <message>
        <source>its {0} row tiles are each rounded: --signed shift needs half as many.</source>
        <translation>其 {0} 个行分块各自舍入：用 --signed shift 可减半。</translation>
    </message>
    <message>
        <source>its {0} {1} is {2}, not {3}</source>
        <translation>其 {0} {1} 为 {2}，而不是 {3}</translation>
    </message>
    <message>
        <source>its {0}s are {1}, not {2}</source>
        <translation>其 {0} 为 {1}，而不是 {2}</translation>
    </message>
    <message>
        <source>label {0} of sample {1} is none of the model&apos;s {2} classes</source>
        <translation>样本 {1} 的标签 {0} 不属于模型的 {2} 个类别</translation>
    </message>
    <message>
        <source>labels are no whole numbers</source>
        <translation>标签不是整数</translation>
    </message>
    <message>
        <source>labels are of type {0}, expected whole numbers</source>
        <translation>标签类型为 {0}，应为整数</translation>
    </message>
    <message>
        <source>labels have the shape {0} and are not one-hot</source>
        <translation>标签形状为 {0}，且不是独热编码</translation>
    </message>
    <message>
        <source>labels lie in {0}..{1}, expected 0 or more</source>
        <translation>标签范围为 {0}..{1}，应不小于 0</translation>
    </message>
    <message>
        <source>labels of shape {0} for {1} samples, or not class indices from 0 on</source>
        <translation>{1} 个样本的标签形状为 {0}，或不是从 0 起的类别编号</translation>
    </message>
    <message>
        <source>larger than {0} MB, which no such project is</source>
        <translation>大于 {0} MB，工程文件不会这么大</translation>
    </message>
    <message>
        <source>layer {0} has two layerOptiConfig</source>
        <translation>层 {0} 有两个 layerOptiConfig</translation>
    </message>
    <message>
        <source>layer {0} has two sets of options</source>
        <translation>层 {0} 有两组选项</translation>
    </message>
    <message>
        <source>layer {0} would have the gain {1}, the chip&apos;s are {2}..{3}</source>
        <translation>层 {0} 的增益将为 {1}，芯片的范围为 {2}..{3}</translation>
    </message>
    <message>
        <source>layer {0}: front_scale also changes what {1} reads of {2}</source>
        <translation>层 {0}：front_scale 也会改变 {1} 从 {2} 读取的值</translation>
    </message>
    <message>
        <source>layer {0}: front_scale, but no single array layer comes right before this one</source>
        <translation>层 {0}：设置了 front_scale，但其前面不是单个阵列层</translation>
    </message>
    <message>
        <source>layer {0}: {1} is {2} here and {3} in the layer options</source>
        <translation>层 {0}：{1} 此处为 {2}，而层选项中为 {3}</translation>
    </message>
    <message>
        <source>layout of schema version {0}, this program reads {1}</source>
        <translation>布局格式版本为 {0}，本程序读取 {1}</translation>
    </message>
    <message>
        <source>limit is {0}, must be at least 1</source>
        <translation>上限为 {0}，至少为 1</translation>
    </message>
    <message>
        <source>line {0} has rows {1}..{2}, which lie in no one bank of {3} ({4})</source>
        <translation>第 {0} 行的阵列行 {1}..{2} 不在 {3} 的同一个 Bank 内（{4}）</translation>
    </message>
    <message>
        <source>line {0} has {1} fields, {2} are expected</source>
        <translation>第 {0} 行有 {1} 个字段，应为 {2} 个</translation>
    </message>
    <message>
        <source>line {0} is no UTF-8 text</source>
        <translation>第 {0} 行不是 UTF-8 文本</translation>
    </message>
    <message>
        <source>line {0} is {1}, expected column,row,value</source>
        <translation>第 {0} 行是 {1}，应为 column,row,value</translation>
    </message>
    <message>
        <source>line {0} is {1}, expected seven numbers</source>
        <translation>第 {0} 行是 {1}，应为七个数</translation>
    </message>
    <message>
        <source>line {0} reaches {1} {2}, {3} has 0..{4}</source>
        <translation>第 {0} 行达到 {1} {2}，{3} 只有 0..{4}</translation>
    </message>
    <message>
        <source>line {0}, column {1}: </source>
        <translation>第 {0} 行，第 {1} 列：</translation>
    </message>
    <message>
        <source>line {0}, the line of names, {1}</source>
        <translation>第 {0} 行（列名行）{1}</translation>
    </message>
    <message>
        <source>line {0}: an interval ends before it starts, or a number is negative</source>
        <translation>第 {0} 行：区间终点小于起点，或有负数</translation>
    </message>
    <message>
        <source>line {0}: cell at column {1}, row {2} (value {3}) {4}</source>
        <translation>第 {0} 行：列 {1}、行 {2} 的单元（值 {3}）{4}</translation>
    </message>
    <message>
        <source>line {0}: {1} holds {2}, which is no whole number</source>
        <translation>第 {0} 行：{1} 为 {2}，不是整数</translation>
    </message>
    <message>
        <source>line {0}: {1} is missing</source>
        <translation>第 {0} 行：缺少 {1}</translation>
    </message>
    <message>
        <source>lines {0} and {1} hold the same {2}</source>
        <translation>第 {0} 行和第 {1} 行的 {2} 相同</translation>
    </message>
    <message>
        <source>looking for what has changed</source>
        <translation>正在查找有改动的文件</translation>
    </message>
    <message>
        <source>macro {0} is not understood</source>
        <translation>无法识别宏 {0}</translation>
    </message>
    <message>
        <source>macros are a list</source>
        <translation>宏必须是列表</translation>
    </message>
    <message>
        <source>made for another chip than {0}</source>
        <translation>不是为 {0} 制作的</translation>
    </message>
    <message>
        <source>map.csv has {0} cells, the blocks of layers.txt {1}</source>
        <translation>map.csv 有 {0} 个单元，layers.txt 的块有 {1} 个</translation>
    </message>
    <message>
        <source>mapped</source>
        <translation>映射完成</translation>
    </message>
    <message>
        <source>mapping in Docker</source>
        <translation>正在 Docker 中映射</translation>
    </message>
    <message>
        <source>mapping on the host</source>
        <translation>正在主机上映射</translation>
    </message>
    <message>
        <source>matrix {0} has {1} of {2} inputs signed; points need all encoded alike</source>
        <translation>矩阵 {0} 的 {2} 个输入中有 {1} 个带符号；多个窗口位置要求编码一致</translation>
    </message>
    <message>
        <source>matrix {0} has {1} row tiles; points need one</source>
        <translation>矩阵 {0} 有 {1} 个行分块；多个窗口位置要求只有一个</translation>
    </message>
    <message>
        <source>measuring the firmware</source>
        <translation>正在测量固件</translation>
    </message>
    <message>
        <source>measuring the layers</source>
        <translation>正在测量各层</translation>
    </message>
    <message>
        <source>missing or wrong entry: {0}</source>
        <translation>条目缺失或错误：{0}</translation>
    </message>
    <message>
        <source>missing or wrong entry: {0} {1}</source>
        <translation>条目缺失或错误：{0} {1}</translation>
    </message>
    <message>
        <source>more than {0} UARTs cannot be emulated</source>
        <translation>仿真器最多支持 {0} 个 UART</translation>
    </message>
    <message>
        <source>multi_point is for convolutions, and this layer has one window position only</source>
        <translation>multi_point 用于卷积，而该层只有一个窗口位置</translation>
    </message>
    <message>
        <source>multi_point needs all inputs encoded alike, signed_input is {0} of {1}</source>
        <translation>multi_point 要求所有输入编码一致，而 signed_input 为 {0}/{1}</translation>
    </message>
    <message>
        <source>must be a file&apos;s name, not {0}</source>
        <translation>必须为文件名，而不是 {0}</translation>
    </message>
    <message>
        <source>must be {0}, not {1}</source>
        <translation>必须为{0}，而不是 {1}</translation>
    </message>
    <message>
        <source>ninja fails</source>
        <translation>ninja 失败</translation>
    </message>
    <message>
        <source>ninja fails: {0}</source>
        <translation>ninja 失败：{0}</translation>
    </message>
    <message>
        <source>ninja, which runs the compiler, was not found</source>
        <translation>未找到运行编译器的 ninja</translation>
    </message>
    <message>
        <source>no RISC-V compiler found</source>
        <translation>未找到 RISC-V 编译器</translation>
    </message>
    <message>
        <source>no answer from there</source>
        <translation>对方没有应答</translation>
    </message>
    <message>
        <source>no calibration samples</source>
        <translation>没有校准样本</translation>
    </message>
    <message>
        <source>no compiler {0} found</source>
        <translation>未找到编译器 {0}</translation>
    </message>
    <message>
        <source>no frames of {0} rows for tile {1} of matrix {2}</source>
        <translation>矩阵 {2} 的分块 {1} 没有 {0} 行的帧</translation>
    </message>
    <message>
        <source>no layer gains from being repeated</source>
        <translation>重复计算对任何层都没有好处</translation>
    </message>
    <message>
        <source>no layer {0} lies on the array</source>
        <translation>阵列上没有层 {0}</translation>
    </message>
    <message>
        <source>no level</source>
        <translation>没有任何级</translation>
    </message>
    <message>
        <source>no mapper of its maker is known for {0}</source>
        <translation>不知道 {0} 的厂商映射器</translation>
    </message>
    <message>
        <source>no message</source>
        <translation>没有消息</translation>
    </message>
    <message>
        <source>no node computes this output</source>
        <translation>没有节点计算此输出</translation>
    </message>
    <message>
        <source>no noise model {0}</source>
        <translation>没有噪声模型 {0}</translation>
    </message>
    <message>
        <source>no permission to open the port</source>
        <translation>没有打开串口的权限</translation>
    </message>
    <message>
        <source>no project can be made here: {0}</source>
        <translation>无法在此处新建工程：{0}</translation>
    </message>
    <message>
        <source>no quantized network here</source>
        <translation>此处没有量化网络</translation>
    </message>
    <message>
        <source>no room for {0}: {1}; not proved impossible: a longer search (--seconds){2} may find a layout; the largest {3}are {4}</source>
        <translation>放不下 {0}：{1}；但未证明不可能：延长搜索（--seconds）{2}也许能找到布局；最大的{3}为 {4}</translation>
    </message>
    <message>
        <source>no samples for {0}; the file has the keys {1}</source>
        <translation>没有 {0} 的样本；文件含键 {1}</translation>
    </message>
    <message>
        <source>no samples found; the file has the keys {0}</source>
        <translation>未找到样本；文件含键 {0}</translation>
    </message>
    <message>
        <source>no samples {0}; the file has the keys {1}</source>
        <translation>没有样本 {0}；文件含键 {1}</translation>
    </message>
    <message>
        <source>no simulated samples here</source>
        <translation>此处没有模拟样本</translation>
    </message>
    <message>
        <source>no such chip</source>
        <translation>没有这种芯片</translation>
    </message>
    <message>
        <source>no such data file</source>
        <translation>没有这个数据文件</translation>
    </message>
    <message>
        <source>no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>no text was received</source>
        <translation>未收到任何文本</translation>
    </message>
    <message>
        <source>no update file was made (exit code {0})</source>
        <translation>没有生成升级文件（退出码 {0}）</translation>
    </message>
    <message>
        <source>nobody listens there</source>
        <translation>该处无人监听</translation>
    </message>
    <message>
        <source>node {0} ({1}) has {2} inputs</source>
        <translation>节点 {0}（{1}）有 {2} 个输入</translation>
    </message>
    <message>
        <source>node {0} ({1}) is control flow</source>
        <translation>节点 {0}（{1}）是控制流</translation>
    </message>
    <message>
        <source>node {0} has no output</source>
        <translation>节点 {0} 没有输出</translation>
    </message>
    <message>
        <source>node {0} reads {1}, which nothing writes</source>
        <translation>节点 {0} 读取 {1}，但没有节点写入它</translation>
    </message>
    <message>
        <source>nodes that cannot be deployed: {0}</source>
        <translation>无法部署的节点：{0}</translation>
    </message>
    <message>
        <source>noise is no table</source>
        <translation>noise 不是表</translation>
    </message>
    <message>
        <source>noise.{0}.layers.values is no table of layers</source>
        <translation>noise.{0}.layers.values 不是层的表</translation>
    </message>
    <message>
        <source>noise.{0}.layers: {1} is {2}, no number from 0</source>
        <translation>noise.{0}.layers：{1} 为 {2}，不是不小于 0 的数</translation>
    </message>
    <message>
        <source>none was better</source>
        <translation>没有更好的结果</translation>
    </message>
    <message>
        <source>normalizing the graph</source>
        <translation>正在规范化计算图</translation>
    </message>
    <message>
        <source>not a JSON file: {0}</source>
        <translation>不是 JSON 文件：{0}</translation>
    </message>
    <message>
        <source>not a TOML file: {0}</source>
        <translation>不是 TOML 文件：{0}</translation>
    </message>
    <message>
        <source>not a file of noisy cells: {0}</source>
        <translation>不是噪声单元文件：{0}</translation>
    </message>
    <message>
        <source>not a firmware image&apos;s description: {0}</source>
        <translation>不是固件映像的描述：{0}</translation>
    </message>
    <message>
        <source>not a map file</source>
        <translation>不是映射文件</translation>
    </message>
    <message>
        <source>not a program for a 32-bit RISC-V processor (machine {0}, {1} bits)</source>
        <translation>不是 32 位 RISC-V 处理器的程序（machine {0}，{1} 位）</translation>
    </message>
    <message>
        <source>not a text file</source>
        <translation>不是文本文件</translation>
    </message>
    <message>
        <source>not a usable ELF file: {0}</source>
        <translation>不是可用的 ELF 文件：{0}</translation>
    </message>
    <message>
        <source>not an XML file: {0}</source>
        <translation>不是 XML 文件：{0}</translation>
    </message>
    <message>
        <source>not readable as layer options: {0}</source>
        <translation>无法作为层选项读取：{0}</translation>
    </message>
    <message>
        <source>nothing answers behind this port</source>
        <translation>此端口后面没有应答</translation>
    </message>
    <message>
        <source>nothing came for {0} seconds; {1}</source>
        <translation>{0} 秒内没有收到数据；{1}</translation>
    </message>
    <message>
        <source>nothing defines {0}</source>
        <translation>没有定义 {0}</translation>
    </message>
    <message>
        <source>nothing was received</source>
        <translation>没有收到任何数据</translation>
    </message>
    <message>
        <source>nothing was run yet</source>
        <translation>还没有运行过</translation>
    </message>
    <message>
        <source>one round on the array</source>
        <translation>阵列的一轮运算</translation>
    </message>
    <message>
        <source>only {0} of 127 levels</source>
        <translation>127 级中只用到 {0} 级</translation>
    </message>
    <message>
        <source>only {0} of 127 levels are used, because its largest weights are at the limit with the smallest gain, {1}: {2}.</source>
        <translation>127 级中只用到 {0} 级，因为在最小增益 {1} 下其最大权重已达极限：{2}。</translation>
    </message>
    <message>
        <source>only {0} of 127 levels are used: {1}.</source>
        <translation>127 级中只用到 {0} 级：{1}。</translation>
    </message>
    <message>
        <source>onnxruntime cannot run this model on sample {0}: {1}</source>
        <translation>onnxruntime 无法对样本 {0} 运行此模型：{1}</translation>
    </message>
    <message>
        <source>onnxruntime cannot run this model: {0}</source>
        <translation>onnxruntime 无法运行此模型：{0}</translation>
    </message>
    <message>
        <source>operator set {0} is not one of the known {1} to {2}</source>
        <translation>算子集 {0} 不在已知的 {1} 至 {2} 之内</translation>
    </message>
    <message>
        <source>operators that are not supported in {0}: {1}</source>
        <translation>{0}中不支持的算子：{1}</translation>
    </message>
    <message>
        <source>optimization {0} is unknown</source>
        <translation>未知的优化选项 {0}</translation>
    </message>
    <message>
        <source>options for array {0} of layer {1}, which has {2}</source>
        <translation>为层 {1} 的阵列 {0} 设置了选项，而该层有 {2} 个</translation>
    </message>
    <message>
        <source>output {0} is a copy of {1}: there is nothing to compute</source>
        <translation>输出 {0} 是 {1} 的副本：没有可计算的内容</translation>
    </message>
    <message>
        <source>output {0} of shape {1} has no batch in front</source>
        <translation>形状为 {1} 的输出 {0} 前面没有批次轴</translation>
    </message>
    <message>
        <source>pictures need a model, which says how large they must be</source>
        <translation>图片需要模型来确定尺寸</translation>
    </message>
    <message>
        <source>placing blocks</source>
        <translation>正在放置块</translation>
    </message>
    <message>
        <source>planning the NPU&apos;s memory</source>
        <translation>正在规划 NPU 内存</translation>
    </message>
    <message>
        <source>points is {0}, must be at least 1</source>
        <translation>窗口位置数为 {0}，至少为 1</translation>
    </message>
    <message>
        <source>programming failed while {0}: {1}</source>
        <translation>烧写失败，当时{0}：{1}</translation>
    </message>
    <message>
        <source>proved: no layout exists</source>
        <translation>已证明：不存在布局</translation>
    </message>
    <message>
        <source>proved: no layout exists: a block needs {0} bias rows, the chip has {1}</source>
        <translation>已证明不存在布局：某块需要 {0} 个偏置行，芯片只有 {1} 个</translation>
    </message>
    <message>
        <source>proved: no layout exists: a block of {0} rows x {1} columns is larger than {2} ({3} x {4})</source>
        <translation>已证明不存在布局：{0} 行 x {1} 列的块大于 {2}（{3} x {4}）</translation>
    </message>
    <message>
        <source>proved: there is no layout of these tiles (narrower ones found none either)</source>
        <translation>已证明：这些分块没有布局（更窄的分块也没有找到）</translation>
    </message>
    <message>
        <source>proved: there is no room for {0} beside the occupied cells: {1}</source>
        <translation>已证明：在已占用单元之外放不下 {0}：{1}</translation>
    </message>
    <message>
        <source>quantize.io.encode makes a network&apos;s integers of a model&apos;s samples.</source>
        <translation>quantize.io.encode 可将模型样本转换为网络的整数。</translation>
    </message>
    <message>
        <source>reading failed for a reason of our own</source>
        <translation>读取失败，原因在程序自身</translation>
    </message>
    <message>
        <source>reading the map</source>
        <translation>正在读取映射</translation>
    </message>
    <message>
        <source>reading the recording</source>
        <translation>正在读取录制</translation>
    </message>
    <message>
        <source>reading the tag</source>
        <translation>正在读取标签</translation>
    </message>
    <message>
        <source>reading {0}</source>
        <translation>正在读取 {0}</translation>
    </message>
    <message>
        <source>reference outputs</source>
        <translation>参考输出</translation>
    </message>
    <message>
        <source>region {0}, but the chip has {1} banks</source>
        <translation>区域 {0}，但芯片有 {1} 个 Bank</translation>
    </message>
    <message>
        <source>register_step must be a multiple of 4</source>
        <translation>register_step 必须为 4 的倍数</translation>
    </message>
    <message>
        <source>repeat is {0}, must be at least 1</source>
        <translation>repeat 为 {0}，必须至少为 1</translation>
    </message>
    <message>
        <source>repeated rounds of {0}</source>
        <translation>{0} 的重复轮次</translation>
    </message>
    <message>
        <source>reserved_columns leaves no column to use</source>
        <translation>reserved_columns 没有留下可用的列</translation>
    </message>
    <message>
        <source>rounding to chip integers</source>
        <translation>正在舍入为芯片整数</translation>
    </message>
    <message>
        <source>rows {0}..{1} do not lie in one bank</source>
        <translation>行 {0}..{1} 不在同一个 Bank 内</translation>
    </message>
    <message>
        <source>sample {0}</source>
        <translation>样本 {0}</translation>
    </message>
    <message>
        <source>sample {0} holds a NaN or an infinite number (element {1})</source>
        <translation>样本 {0} 含有 NaN 或无穷大（元素 {1}）</translation>
    </message>
    <message>
        <source>sample {0} makes tensor {1} infinite or NaN</source>
        <translation>样本 {0} 使张量 {1} 变为无穷大或 NaN</translation>
    </message>
    <message>
        <source>samples are of type {0}, expected integers</source>
        <translation>样本类型为 {0}，应为整数</translation>
    </message>
    <message>
        <source>samples have the shape {0}, expected ({1})</source>
        <translation>样本形状为 {0}，应为 ({1})</translation>
    </message>
    <message>
        <source>samples have the shape {0}, expected ({1}) or ({2})</source>
        <translation>样本形状为 {0}，应为 ({1}) 或 ({2})</translation>
    </message>
    <message>
        <source>samples hold {0}..{1}, the input takes {2}..{3}</source>
        <translation>样本取值为 {0}..{1}，输入范围为 {2}..{3}</translation>
    </message>
    <message>
        <source>samples of input {0} reach {1}, but signed_input in the layer options means inputs of -128..127</source>
        <translation>输入 {0} 的样本达到 {1}，但层选项中的 signed_input 要求输入为 -128..127</translation>
    </message>
    <message>
        <source>samples of shape {0}, expected (n, {1}) with n = {2}</source>
        <translation>样本形状为 {0}，应为 (n, {1})，其中 n = {2}</translation>
    </message>
    <message>
        <source>samples of shape {0}, expected ({1}, {2})</source>
        <translation>样本形状为 {0}，应为 ({1}, {2})</translation>
    </message>
    <message>
        <source>samples of this kind cannot be sent</source>
        <translation>无法发送这类样本</translation>
    </message>
    <message>
        <source>samples reach from {0} to {1}; an integer model takes 0..255, or -128..127 where negative values occur</source>
        <translation>样本范围为 {0} 至 {1}；整数模型接受 0..255，有负值时为 -128..127</translation>
    </message>
    <message>
        <source>schema is {0}, must be {1}</source>
        <translation>schema 为 {0}，必须为 {1}</translation>
    </message>
    <message>
        <source>seconds is {0}, must be above 0</source>
        <translation>seconds 为 {0}，必须大于 0</translation>
    </message>
    <message>
        <source>setting up the board</source>
        <translation>正在初始化开发板</translation>
    </message>
    <message>
        <source>several networks have a layer of this name</source>
        <translation>多个网络有同名的层</translation>
    </message>
    <message>
        <source>shifted by 128</source>
        <translation>偏移 128</translation>
    </message>
    <message>
        <source>shortening the schedule</source>
        <translation>正在缩短调度</translation>
    </message>
    <message>
        <source>signed_input {0} adds 128 to inputs that reach {1}</source>
        <translation>signed_input {0} 会给达到 {1} 的输入加 128</translation>
    </message>
    <message>
        <source>simplifying the graph</source>
        <translation>正在简化计算图</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>模拟完成</translation>
    </message>
    <message>
        <source>simulating sample {0} of {1}</source>
        <translation>正在模拟样本 {0}/{1}</translation>
    </message>
    <message>
        <source>simulating the layers</source>
        <translation>正在模拟各层</translation>
    </message>
    <message>
        <source>skip_columns is {0}, must be 0..{1}</source>
        <translation>skip_columns 为 {0}，必须为 0..{1}</translation>
    </message>
    <message>
        <source>stack does not fit data memory</source>
        <translation>数据存储器放不下栈</translation>
    </message>
    <message>
        <source>statistics end that did not begin</source>
        <translation>统计数据有结束而没有开始</translation>
    </message>
    <message>
        <source>statistics {0} do not end</source>
        <translation>统计数据 {0} 没有结束</translation>
    </message>
    <message>
        <source>statistics {0} have not two rows for each layer from 0 on</source>
        <translation>统计数据 {0} 没有从 0 起每层两行</translation>
    </message>
    <message>
        <source>streams of {0} steps</source>
        <translation>条 {0} 步的流</translation>
    </message>
    <message>
        <source>tensor {0} is damaged: {1}</source>
        <translation>张量 {0} 已损坏：{1}</translation>
    </message>
    <message>
        <source>tensor {0} is written twice</source>
        <translation>张量 {0} 被写入两次</translation>
    </message>
    <message>
        <source>tensor {0} of node {1} has no elements: shape {2}</source>
        <translation>节点 {1} 的张量 {0} 没有元素：形状 {2}</translation>
    </message>
    <message>
        <source>tensor {0} of node {1} holds {2} values that are NaN or infinite</source>
        <translation>节点 {1} 的张量 {0} 含有 {2} 个 NaN 或无穷大的值</translation>
    </message>
    <message>
        <source>tensor {0} of node {1} holds {2}, which is no integer</source>
        <translation>节点 {1} 的张量 {0} 含有 {2}，不是整数</translation>
    </message>
    <message>
        <source>the ELF file holds nothing to load</source>
        <translation>ELF 文件中没有可加载的内容</translation>
    </message>
    <message>
        <source>the ELF file is cut off</source>
        <translation>ELF 文件不完整</translation>
    </message>
    <message>
        <source>the address has no host or no port</source>
        <translation>地址缺少主机或端口</translation>
    </message>
    <message>
        <source>the batch is not the first axis of its input</source>
        <translation>批次不是其输入的第一个轴</translation>
    </message>
    <message>
        <source>the blocks need</source>
        <translation>各块需要</translation>
    </message>
    <message>
        <source>the board answered {0} instead of {1}</source>
        <translation>开发板应答了 {0}，而不是 {1}</translation>
    </message>
    <message>
        <source>the board describes itself in a way this program does not know</source>
        <translation>开发板对自身的描述是本程序不认识的</translation>
    </message>
    <message>
        <source>the board does not answer; {0}</source>
        <translation>开发板没有应答；{0}</translation>
    </message>
    <message>
        <source>the board does not take what is sent: {0} bytes wait</source>
        <translation>开发板没有接收发送的内容：{0} 字节在等待</translation>
    </message>
    <message>
        <source>the board ran {0} samples, {1} were sent</source>
        <translation>开发板运行了 {0} 个样本，而发送了 {1} 个</translation>
    </message>
    <message>
        <source>the board reports: {0}</source>
        <translation>开发板报告：{0}</translation>
    </message>
    <message>
        <source>the board sent {0} bytes of outputs, expected {1}</source>
        <translation>开发板发来 {0} 字节输出，应为 {1}</translation>
    </message>
    <message>
        <source>the board was reset</source>
        <translation>开发板被复位了</translation>
    </message>
    <message>
        <source>the board&apos;s answer came damaged; {0}</source>
        <translation>开发板的应答已损坏；{0}</translation>
    </message>
    <message>
        <source>the board&apos;s firmware has other inputs or outputs than this network</source>
        <translation>开发板上固件的输入或输出与此网络不同</translation>
    </message>
    <message>
        <source>the board&apos;s firmware is for weights {0}, this folder&apos;s are {1}</source>
        <translation>开发板上的固件对应权重 {0}，此文件夹的是 {1}</translation>
    </message>
    <message>
        <source>the boot file is missing</source>
        <translation>缺少启动文件</translation>
    </message>
    <message>
        <source>the cells of another chip than {0}</source>
        <translation>不是芯片 {0} 的单元</translation>
    </message>
    <message>
        <source>the chip file does not say what J-Link Commander calls this chip</source>
        <translation>芯片文件没有说明 J-Link Commander 对此芯片的称呼</translation>
    </message>
    <message>
        <source>the chip file has no noise model {0}</source>
        <translation>芯片文件没有噪声模型 {0}</translation>
    </message>
    <message>
        <source>the compiler did not finish within {0} s</source>
        <translation>编译器未在 {0} s 内完成</translation>
    </message>
    <message>
        <source>the compiler does not start: {0}</source>
        <translation>编译器无法启动：{0}</translation>
    </message>
    <message>
        <source>the compiler refuses {0}</source>
        <translation>编译器拒绝 {0}</translation>
    </message>
    <message>
        <source>the compiler&apos;s cache cannot be made: {0}</source>
        <translation>无法创建编译器缓存：{0}</translation>
    </message>
    <message>
        <source>the data has no labels</source>
        <translation>数据没有标签</translation>
    </message>
    <message>
        <source>the data holds streams of {0} steps, and this network&apos;s samples are not steps: they hold their time</source>
        <translation>数据为 {0} 步的流，而此网络的样本不是单步，其中已包含时间</translation>
    </message>
    <message>
        <source>the data holds streams of {0} steps, but the firmware was built with --reset-every {1}</source>
        <translation>数据是 {0} 步的流，而固件是以 --reset-every {1} 构建的</translation>
    </message>
    <message>
        <source>the download failed (exit code {0})</source>
        <translation>下载失败（退出码 {0}）</translation>
    </message>
    <message>
        <source>the earlier output cannot be put aside: {0}</source>
        <translation>无法移开之前的输出：{0}</translation>
    </message>
    <message>
        <source>the emulator does not start: {0}</source>
        <translation>仿真器无法启动：{0}</translation>
    </message>
    <message>
        <source>the emulator ended unexpectedly (exit code {0})</source>
        <translation>仿真器意外结束（退出码 {0}）</translation>
    </message>
    <message>
        <source>the emulator gives no answer</source>
        <translation>仿真器没有回答</translation>
    </message>
    <message>
        <source>the emulator needs a network</source>
        <translation>仿真器需要一个网络</translation>
    </message>
    <message>
        <source>the entry point 0x{0} holds no code</source>
        <translation>入口点 0x{0} 处没有代码</translation>
    </message>
    <message>
        <source>the file cannot be read: {0}</source>
        <translation>无法读取文件：{0}</translation>
    </message>
    <message>
        <source>the file ends before the operator set version</source>
        <translation>文件在算子集版本之前就结束了</translation>
    </message>
    <message>
        <source>the file has a document type (DOCTYPE), which can lead to other files</source>
        <translation>文件含有文档类型（DOCTYPE），可能引用其他文件</translation>
    </message>
    <message>
        <source>the file has {0} MB, more than the {1} MB we read</source>
        <translation>文件有 {0} MB，超过可读取的 {1} MB</translation>
    </message>
    <message>
        <source>the file holds Python objects or is no numpy file; objects are never loaded</source>
        <translation>文件含有 Python 对象或不是 numpy 文件；对象从不加载</translation>
    </message>
    <message>
        <source>the file is damaged or no numpy file: {0}</source>
        <translation>文件已损坏或不是 numpy 文件：{0}</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>文件为空</translation>
    </message>
    <message>
        <source>the file is too large to be the mapper&apos;s</source>
        <translation>文件过大，不可能是映射器的输出</translation>
    </message>
    <message>
        <source>the firmware came to its end and takes no samples</source>
        <translation>固件已运行结束，不接收样本</translation>
    </message>
    <message>
        <source>the firmware has no variable {0}</source>
        <translation>固件中没有变量 {0}</translation>
    </message>
    <message>
        <source>the firmware is in the board</source>
        <translation>固件已写入开发板</translation>
    </message>
    <message>
        <source>the firmware reports: {0}</source>
        <translation>固件报告：{0}</translation>
    </message>
    <message>
        <source>the firmware stopped: {0}</source>
        <translation>固件已停止：{0}</translation>
    </message>
    <message>
        <source>the firmware stopped: {0}; {1}</source>
        <translation>固件已停止：{0}；{1}</translation>
    </message>
    <message>
        <source>the folder has several files {0}</source>
        <translation>文件夹中有多个 {0} 文件</translation>
    </message>
    <message>
        <source>the graph has a cycle</source>
        <translation>计算图有环</translation>
    </message>
    <message>
        <source>the graph has no nodes</source>
        <translation>计算图没有节点</translation>
    </message>
    <message>
        <source>the host answered {0} instead of a folder&apos;s name</source>
        <translation>主机回答了 {0}，而不是文件夹名</translation>
    </message>
    <message>
        <source>the inputs have batches of different sizes</source>
        <translation>各输入的批大小不同</translation>
    </message>
    <message>
        <source>the instruction set {0} is none we build for</source>
        <translation>不支持为指令集 {0} 构建</translation>
    </message>
    <message>
        <source>the largest</source>
        <translation>最大的</translation>
    </message>
    <message>
        <source>the largest array has</source>
        <translation>最大的阵列有</translation>
    </message>
    <message>
        <source>the largest bias is {0} and needs {1} bias rows, the chip has {2}</source>
        <translation>最大偏置为 {0}，需要 {1} 个偏置行，芯片只有 {2} 个</translation>
    </message>
    <message>
        <source>the largest has</source>
        <translation>最大的有</translation>
    </message>
    <message>
        <source>the largest of them</source>
        <translation>其中最大的</translation>
    </message>
    <message>
        <source>the last line was {0}</source>
        <translation>最后一行为 {0}</translation>
    </message>
    <message>
        <source>the layer has no such matrix or row tile on the array</source>
        <translation>该层在阵列上没有这样的矩阵或行分块</translation>
    </message>
    <message>
        <source>the layer has one position only, so no round can compute several points</source>
        <translation>该层只有一个位置，因此一轮无法计算多个窗口位置</translation>
    </message>
    <message>
        <source>the layer is computed by the CPU alone, so it has no block to place or to copy</source>
        <translation>该层只由 CPU 计算，因此没有可放置或复制的块</translation>
    </message>
    <message>
        <source>the layers that take most of it</source>
        <translation>占用最多的层</translation>
    </message>
    <message>
        <source>the layers tied to {0} need</source>
        <translation>绑定到 {0} 的层需要</translation>
    </message>
    <message>
        <source>the layout belongs to another network: {0}</source>
        <translation>该布局属于其他网络：{0}</translation>
    </message>
    <message>
        <source>the layout has no block of layer {0}</source>
        <translation>布局中没有层 {0} 的块</translation>
    </message>
    <message>
        <source>the linker fails</source>
        <translation>链接失败</translation>
    </message>
    <message>
        <source>the log has no statistics of layers</source>
        <translation>日志中没有各层的统计数据</translation>
    </message>
    <message>
        <source>the maker&apos;s dialect cannot say this network: {0}</source>
        <translation>厂商方言无法表达此网络：{0}</translation>
    </message>
    <message>
        <source>the maker&apos;s dialect cannot say this network: {0}; and {1} more</source>
        <translation>厂商方言无法表达此网络：{0}；另有 {1} 处</translation>
    </message>
    <message>
        <source>the maker&apos;s integer dialect</source>
        <translation>厂商的整数模型</translation>
    </message>
    <message>
        <source>the maker&apos;s mapper needs calibration samples</source>
        <translation>厂商映射器需要校准样本</translation>
    </message>
    <message>
        <source>the map&apos;s files lie in several folders</source>
        <translation>映射文件分散在多个文件夹中</translation>
    </message>
    <message>
        <source>the mapper ended, but wrote no map.csv</source>
        <translation>映射器已结束，但没有写出 map.csv</translation>
    </message>
    <message>
        <source>the mapper has written nothing yet</source>
        <translation>映射器尚未写出任何内容</translation>
    </message>
    <message>
        <source>the mapper&apos;s output has no {0}</source>
        <translation>映射器的输出中没有 {0}</translation>
    </message>
    <message>
        <source>the model computes nothing from its inputs</source>
        <translation>模型没有用其输入进行任何计算</translation>
    </message>
    <message>
        <source>the model has no inputs</source>
        <translation>模型没有输入</translation>
    </message>
    <message>
        <source>the model has {0} inputs, pictures are for one</source>
        <translation>模型有 {0} 个输入，图片只用于一个输入</translation>
    </message>
    <message>
        <source>the model has {0} inputs, sounds are for one</source>
        <translation>模型有 {0} 个输入，声音只能用于一个输入</translation>
    </message>
    <message>
        <source>the model holds sparse weights</source>
        <translation>模型含有稀疏权重</translation>
    </message>
    <message>
        <source>the model is quantized already (node {0}, {1})</source>
        <translation>模型已经量化（节点 {0}，{1}）</translation>
    </message>
    <message>
        <source>the model&apos;s input {0} comes in steps too coarse for it: standardize {1} outside the model, in training too.</source>
        <translation>模型输入 {0} 的步长对它过粗：请在模型外（训练时也一样）将 {1} 标准化。</translation>
    </message>
    <message>
        <source>the model&apos;s input {0} is no picture</source>
        <translation>模型的输入 {0} 不是图片</translation>
    </message>
    <message>
        <source>the model&apos;s input {0} takes no sound as it is</source>
        <translation>模型的输入 {0} 不能直接接收声音</translation>
    </message>
    <message>
        <source>the network has no layer on the array</source>
        <translation>网络没有在阵列上的层</translation>
    </message>
    <message>
        <source>the network has no such layer on the array</source>
        <translation>网络在阵列上没有这样的层</translation>
    </message>
    <message>
        <source>the network needs</source>
        <translation>网络需要</translation>
    </message>
    <message>
        <source>the network was quantized for chip {0}, not {1}</source>
        <translation>网络是针对芯片 {0} 量化的，而不是 {1}</translation>
    </message>
    <message>
        <source>the networks need</source>
        <translation>各网络需要</translation>
    </message>
    <message>
        <source>the noise model {0} has no noise that could be scaled</source>
        <translation>噪声模型 {0} 没有可缩放的噪声</translation>
    </message>
    <message>
        <source>the noise model {0} is for a layer {1} the network has not</source>
        <translation>噪声模型 {0} 针对层 {1}，而网络没有该层</translation>
    </message>
    <message>
        <source>the packets have different sample rates: {0}, {1}</source>
        <translation>数据包的采样率不同：{0}、{1}</translation>
    </message>
    <message>
        <source>the pattern cannot be read: {0}</source>
        <translation>无法解析模式：{0}</translation>
    </message>
    <message>
        <source>the pattern has no named group</source>
        <translation>模式中没有命名组</translation>
    </message>
    <message>
        <source>the pattern is too long</source>
        <translation>模式过长</translation>
    </message>
    <message>
        <source>the place given for {0} fits no block any more: {1}</source>
        <translation>为 {0} 指定的位置已不适合任何块：{1}</translation>
    </message>
    <message>
        <source>the port does not take these settings{0}: {1}</source>
        <translation>串口不接受这些设置{0}：{1}</translation>
    </message>
    <message>
        <source>the port is in use by another program</source>
        <translation>串口正被其他程序使用</translation>
    </message>
    <message>
        <source>the port is in use by another program: {0}</source>
        <translation>串口正被其他程序占用：{0}</translation>
    </message>
    <message>
        <source>the port is not given free</source>
        <translation>串口没有被释放</translation>
    </message>
    <message>
        <source>the port is not open</source>
        <translation>串口没有打开</translation>
    </message>
    <message>
        <source>the port was closed</source>
        <translation>串口已关闭</translation>
    </message>
    <message>
        <source>the port went away ({0})</source>
        <translation>串口已断开（{0}）</translation>
    </message>
    <message>
        <source>the port went away before the whole file was sent</source>
        <translation>整个文件发送完之前串口已断开</translation>
    </message>
    <message>
        <source>the program did not end within {0} s</source>
        <translation>程序未在 {0} 秒内结束</translation>
    </message>
    <message>
        <source>the program did not finish within {0} s and was ended</source>
        <translation>程序未在 {0} 秒内完成，已被终止</translation>
    </message>
    <message>
        <source>the program does not start: {0}</source>
        <translation>程序无法启动：{0}</translation>
    </message>
    <message>
        <source>the programming tool ended, but left no new file</source>
        <translation>烧写工具已结束，但没有留下新文件</translation>
    </message>
    <message>
        <source>the programming tool&apos;s answer holds no tag</source>
        <translation>烧写工具的回答中没有标签</translation>
    </message>
    <message>
        <source>the project has other weights of this name, which are yours</source>
        <translation>工程中已有同名的其他权重文件，是您自己的</translation>
    </message>
    <message>
        <source>the quantized network is damaged: {0}</source>
        <translation>量化网络已损坏：{0}</translation>
    </message>
    <message>
        <source>the quantizer does not know {0}</source>
        <translation>量化器不支持 {0}</translation>
    </message>
    <message>
        <source>the recording stopped by a fault of the program</source>
        <translation>录制因程序故障而停止</translation>
    </message>
    <message>
        <source>the samples are no integers, and an integer model takes chip integers</source>
        <translation>样本不是整数，而整数模型需要芯片整数</translation>
    </message>
    <message>
        <source>the shape of tensor {0} (node {1}, {2}) is empty or depends on data</source>
        <translation>张量 {0}（节点 {1}，{2}）的形状为空或取决于数据</translation>
    </message>
    <message>
        <source>the shape of tensor {0} (node {1}, {2}) is {3}: {4}</source>
        <translation>张量 {0}（节点 {1}，{2}）的形状为 {3}：{4}</translation>
    </message>
    <message>
        <source>the shape {0} given for input {1} contradicts the file&apos;s [{2}]</source>
        <translation>为输入 {1} 指定的形状 {0} 与文件中的 [{2}] 矛盾</translation>
    </message>
    <message>
        <source>the shape {0} given for input {1} has an axis below 1</source>
        <translation>为输入 {1} 指定的形状 {0} 有小于 1 的轴</translation>
    </message>
    <message>
        <source>the shapes of its layers do not fit: node {0} ({1}): {2}</source>
        <translation>各层的形状不匹配：节点 {0}（{1}）：{2}</translation>
    </message>
    <message>
        <source>the shapes of its layers do not fit: {0}</source>
        <translation>各层的形状不匹配：{0}</translation>
    </message>
    <message>
        <source>the simulated samples are damaged: {0}</source>
        <translation>模拟样本已损坏：{0}</translation>
    </message>
    <message>
        <source>the study&apos;s {0} is out of range</source>
        <translation>研究的 {0} 超出范围</translation>
    </message>
    <message>
        <source>the tool ended with exit code {0}</source>
        <translation>工具以退出码 {0} 结束</translation>
    </message>
    <message>
        <source>the tool ended without &apos;Program Finished!&apos;</source>
        <translation>工具结束时没有输出 &apos;Program Finished!&apos;</translation>
    </message>
    <message>
        <source>the tool said nothing</source>
        <translation>工具没有任何输出</translation>
    </message>
    <message>
        <source>the weights of one channel are {0} times those of most others, which have {1} left: {2}.</source>
        <translation>某个通道的权重是其他多数通道的 {0} 倍，后者只剩 {1}：{2}。</translation>
    </message>
    <message>
        <source>the weights of this node are not constant</source>
        <translation>该节点的权重不是常量</translation>
    </message>
    <message>
        <source>there are more than {0} files in this folder</source>
        <translation>此文件夹中的文件超过 {0} 个</translation>
    </message>
    <message>
        <source>there are no pictures in this folder</source>
        <translation>此文件夹中没有图片</translation>
    </message>
    <message>
        <source>there are no samples</source>
        <translation>没有样本</translation>
    </message>
    <message>
        <source>there are no samples to check layers with</source>
        <translation>没有可用于逐层检查的样本</translation>
    </message>
    <message>
        <source>there are no samples to compare</source>
        <translation>没有可对比的样本</translation>
    </message>
    <message>
        <source>there are no samples to simulate</source>
        <translation>没有可模拟的样本</translation>
    </message>
    <message>
        <source>there are no weights to program</source>
        <translation>没有可烧写的权重</translation>
    </message>
    <message>
        <source>there are too many files called {0} in the project</source>
        <translation>工程中名为 {0} 的文件过多</translation>
    </message>
    <message>
        <source>there are too many projects called {0}</source>
        <translation>名为 {0} 的工程过多</translation>
    </message>
    <message>
        <source>there is no array {0}, {1} has {2}</source>
        <translation>没有阵列 {0}，{1} 有 {2} 个</translation>
    </message>
    <message>
        <source>there is no array {0}: the chip&apos;s arrays are 0..{1}</source>
        <translation>没有阵列 {0}：芯片的阵列为 0..{1}</translation>
    </message>
    <message>
        <source>there is no audio to save</source>
        <translation>没有可保存的音频</translation>
    </message>
    <message>
        <source>there is no bank {0}</source>
        <translation>没有 Bank {0}</translation>
    </message>
    <message>
        <source>there is no block in it</source>
        <translation>其中没有块</translation>
    </message>
    <message>
        <source>there is no computer of that name</source>
        <translation>没有这个名称的计算机</translation>
    </message>
    <message>
        <source>there is no convention {0}</source>
        <translation>没有约定 {0}</translation>
    </message>
    <message>
        <source>there is no core in it</source>
        <translation>其中没有内核</translation>
    </message>
    <message>
        <source>there is no file {0} beside it</source>
        <translation>旁边没有文件 {0}</translation>
    </message>
    <message>
        <source>there is no invitation in this text</source>
        <translation>此文本中没有邀请</translation>
    </message>
    <message>
        <source>there is no layer {0}</source>
        <translation>没有名为 {0} 的层</translation>
    </message>
    <message>
        <source>there is no layer {0} on the array</source>
        <translation>阵列上没有层 {0}</translation>
    </message>
    <message>
        <source>there is no map of ours to compare with</source>
        <translation>没有可供比较的我们的映射</translation>
    </message>
    <message>
        <source>there is no project here</source>
        <translation>此处没有工程</translation>
    </message>
    <message>
        <source>there is no sound in this file</source>
        <translation>此文件中没有声音</translation>
    </message>
    <message>
        <source>there is no state {0}</source>
        <translation>没有状态 {0}</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>there is no such port</source>
        <translation>没有这个串口</translation>
    </message>
    <message>
        <source>there is no text encoding {0} for serial lines</source>
        <translation>串口文本没有 {0} 编码</translation>
    </message>
    <message>
        <source>there is nothing here to report</source>
        <translation>这里没有可报告的内容</translation>
    </message>
    <message>
        <source>there is nothing to report</source>
        <translation>没有可报告的内容</translation>
    </message>
    <message>
        <source>these are no bytes: {0}</source>
        <translation>这些不是字节：{0}</translation>
    </message>
    <message>
        <source>these are several data sets</source>
        <translation>这是多个数据集</translation>
    </message>
    <message>
        <source>these samples take {0} MB</source>
        <translation>这些样本占用 {0} MB</translation>
    </message>
    <message>
        <source>these samples take {0} MB, {1} times</source>
        <translation>这些样本占用 {0} MB，重复 {1} 次</translation>
    </message>
    <message>
        <source>this XML file is no project of the maker&apos;s IDE: its root is {0}</source>
        <translation>此 XML 文件不是厂商 IDE 的工程：其根元素为 {0}</translation>
    </message>
    <message>
        <source>this cannot be given to OpenOCD</source>
        <translation>这无法交给 OpenOCD</translation>
    </message>
    <message>
        <source>this file holds no JSON object</source>
        <translation>此文件不含 JSON 对象</translation>
    </message>
    <message>
        <source>this file holds no quantized network</source>
        <translation>此文件不含量化网络</translation>
    </message>
    <message>
        <source>this file is missing</source>
        <translation>缺少此文件</translation>
    </message>
    <message>
        <source>this file is too large for a project</source>
        <translation>此文件过大，不是工程文件</translation>
    </message>
    <message>
        <source>this file is too large for macros</source>
        <translation>作为宏文件，此文件过大</translation>
    </message>
    <message>
        <source>this firmware carries its own samples and takes no others</source>
        <translation>此固件自带样本，不接收其他样本</translation>
    </message>
    <message>
        <source>this folder holds no pictures and no WAV files</source>
        <translation>此文件夹中没有图片和 WAV 文件</translation>
    </message>
    <message>
        <source>this invitation is not complete</source>
        <translation>此邀请不完整</translation>
    </message>
    <message>
        <source>this is a folder, not a file</source>
        <translation>这是文件夹，不是文件</translation>
    </message>
    <message>
        <source>this is no ONNX model but {0}</source>
        <translation>这不是 ONNX 模型，而是 {0}</translation>
    </message>
    <message>
        <source>this is no ONNX model, or it is cut off</source>
        <translation>这不是 ONNX 模型，或文件不完整</translation>
    </message>
    <message>
        <source>this is no ONNX model: it holds no graph</source>
        <translation>这不是 ONNX 模型：其中没有计算图</translation>
    </message>
    <message>
        <source>this is no address</source>
        <translation>这不是地址</translation>
    </message>
    <message>
        <source>this is no address of a debug server</source>
        <translation>这不是调试服务器的地址</translation>
    </message>
    <message>
        <source>this is no command of a debug server</source>
        <translation>这不是调试服务器的命令</translation>
    </message>
    <message>
        <source>this is no log of the programming tool</source>
        <translation>这不是烧写工具的日志</translation>
    </message>
    <message>
        <source>this is no serial port</source>
        <translation>这不是串口</translation>
    </message>
    <message>
        <source>this is not a recording of the serial monitor</source>
        <translation>这不是串口监视器的录制</translation>
    </message>
    <message>
        <source>this is not the float model of that folder: {0}</source>
        <translation>这不是该文件夹对应的浮点模型：{0}</translation>
    </message>
    <message>
        <source>this is not the model the results folder was made from</source>
        <translation>这不是生成该结果文件夹的模型</translation>
    </message>
    <message>
        <source>this kind of address is not known</source>
        <translation>不支持这种地址</translation>
    </message>
    <message>
        <source>this network is quantized already, and its row tiles are cut</source>
        <translation>此网络已量化，其行分块已切分</translation>
    </message>
    <message>
        <source>this network is quantized already, and layer options change its integers</source>
        <translation>此网络已量化，而层选项会改变其整数</translation>
    </message>
    <message>
        <source>this network remembers nothing from sample to sample</source>
        <translation>此网络在样本之间不保留状态</translation>
    </message>
    <message>
        <source>this picture cannot be read: {0}</source>
        <translation>无法读取此图片：{0}</translation>
    </message>
    <message>
        <source>this project was saved by a newer CIM Studio (format {0}; this one reads {1})</source>
        <translation>此工程由更新版本的 CIM Studio 保存（格式 {0}；本版本读取 {1}）</translation>
    </message>
    <message>
        <source>this recording has more than {0} values</source>
        <translation>此录制的数值超过 {0} 个</translation>
    </message>
    <message>
        <source>this recording is gone</source>
        <translation>此录制已不存在</translation>
    </message>
    <message>
        <source>this session is closed</source>
        <translation>此会话已关闭</translation>
    </message>
    <message>
        <source>this session was not opened</source>
        <translation>此会话尚未打开</translation>
    </message>
    <message>
        <source>this sound cannot be read: {0}</source>
        <translation>无法读取此声音：{0}</translation>
    </message>
    <message>
        <source>this sound has {0} channels of {1} bits, expected 1 channel of 16 bits</source>
        <translation>此声音有 {0} 个声道、{1} 位，应为 1 个声道、16 位</translation>
    </message>
    <message>
        <source>this sound has {0} values a second, expected {1}</source>
        <translation>此声音每秒 {0} 个值，应为 {1} 个</translation>
    </message>
    <message>
        <source>this sound has {0} values, one sample of the model {1}</source>
        <translation>此声音有 {0} 个值，而模型的一个样本为 {1} 个</translation>
    </message>
    <message>
        <source>this sound is longer than can be read at once</source>
        <translation>此声音过长，无法一次读取</translation>
    </message>
    <message>
        <source>this station&apos;s answer cannot be read: {0}</source>
        <translation>无法读取此工位的应答：{0}</translation>
    </message>
    <message>
        <source>tile_rows is {0}, must be 1..{1}</source>
        <translation>tile_rows 为 {0}，必须为 1..{1}</translation>
    </message>
    <message>
        <source>train it with smaller weights there (weight decay), or with quantization in the loop</source>
        <translation>请在训练时减小该处权重（权重衰减），或进行量化感知训练</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>tuning, trial {0} of at most {1}, {2} dB</source>
        <translation>正在调优，第 {0} 次（最多 {1} 次），{2} dB</translation>
    </message>
    <message>
        <source>unplugged, or another program reads it too</source>
        <translation>已拔下，或有其他程序也在读取</translation>
    </message>
    <message>
        <source>values from {0} to {1} leave the input&apos;s range {2}..{3}</source>
        <translation>取值 {0} 至 {1} 超出输入范围 {2}..{3}</translation>
    </message>
    <message>
        <source>values {0}..{1} leave the input&apos;s range {2}..{3}</source>
        <translation>取值 {0}..{1} 超出输入范围 {2}..{3}</translation>
    </message>
    <message>
        <source>waiting before another attempt</source>
        <translation>正在等待再次尝试</translation>
    </message>
    <message>
        <source>waiting for the board</source>
        <translation>正在等待开发板</translation>
    </message>
    <message>
        <source>was written before</source>
        <translation>此前已写入</translation>
    </message>
    <message>
        <source>weakest layers</source>
        <translation>最弱的层</translation>
    </message>
    <message>
        <source>what comes is no text: is the baud rate {0} right? Boards often use {1}. Binary data of your own looks like this too.</source>
        <translation>收到的不是文本：波特率 {0} 正确吗？开发板常用 {1}。您自己的二进制数据也会如此显示。</translation>
    </message>
    <message>
        <source>what they gained did not hold on samples kept apart</source>
        <translation>其改善在预留样本上不成立</translation>
    </message>
    <message>
        <source>whole matrix</source>
        <translation>整个矩阵</translation>
    </message>
    <message>
        <source>whole numbers</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>without a batch axis</source>
        <translation>没有批次轴</translation>
    </message>
    <message>
        <source>writing map.csv</source>
        <translation>正在写入 map.csv</translation>
    </message>
    <message>
        <source>writing the C project</source>
        <translation>正在生成 C 工程</translation>
    </message>
    <message>
        <source>writing the folder</source>
        <translation>正在写入文件夹</translation>
    </message>
    <message>
        <source>writing the model in the maker&apos;s dialect</source>
        <translation>正在以厂商方言写出模型</translation>
    </message>
    <message>
        <source>writing the weights</source>
        <translation>正在写入权重</translation>
    </message>
    <message>
        <source>written</source>
        <translation>已写出</translation>
    </message>
    <message>
        <source>written by another version (schema {0}, this one reads {1})</source>
        <translation>由其他版本写入（schema {0}，本版本读取 {1}）</translation>
    </message>
    <message>
        <source>written by another version ({0}, this one reads {1})</source>
        <translation>由其他版本写出（{0}，本版本可读 {1}）</translation>
    </message>
    <message>
        <source>your last choices cannot be saved, since the file cannot be read: {0}</source>
        <translation>无法保存最近的选项，因为无法读取该文件：{0}</translation>
    </message>
    <message>
        <source>your sources cannot be read: {0}</source>
        <translation>无法读取您的源文件：{0}</translation>
    </message>
    <message>
        <source>{0} ({1} rows x {2} columns{3})</source>
        <translation>{0}（{1} 行 x {2} 列{3}）</translation>
    </message>
    <message>
        <source>{0} ({1}) is left out; {2}.</source>
        <translation>{0}（{1}）已省略；{2}。</translation>
    </message>
    <message>
        <source>{0} 0 to {1} are used; if real inputs are negative, the layout will differ: give --data, or --signed pn or shift.</source>
        <translation>{0} 0 至 {1}；若实际输入有负值，布局会不同：请给出 --data，或 --signed pn 或 shift。</translation>
    </message>
    <message>
        <source>{0} If it is plugged in and not among them, its USB driver is missing: see the Device Manager (CH340, CP210x and FTDI each have their own).</source>
        <translation>{0} 如果它已接上却不在其中，则缺少 USB 驱动：请查看设备管理器（CH340、CP210x 和 FTDI 各有自己的驱动）。</translation>
    </message>
    <message>
        <source>{0} Or drop --bank for the layer: another bank has {1} rows.</source>
        <translation>{0}或去掉该层的 --bank：另一个 Bank 有 {1} 行。</translation>
    </message>
    <message>
        <source>{0} The programming tool said:
{1}</source>
        <translation>{0} 烧写工具的输出：
{1}</translation>
    </message>
    <message>
        <source>{0} a network with smaller tables and fewer layers</source>
        <translation>{0} 查找表更小、层更少的网络</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0}，另有 {1} 个</translation>
    </message>
    <message>
        <source>{0} and {1} overlap in the memory map</source>
        <translation>内存映射中 {0} 与 {1} 重叠</translation>
    </message>
    <message>
        <source>{0} are also those of {1}</source>
        <translation>{0} 同时属于 {1}</translation>
    </message>
    <message>
        <source>{0} are those of an earlier layout</source>
        <translation>{0} 属于先前的布局</translation>
    </message>
    <message>
        <source>{0} arrays for {1} inputs</source>
        <translation>给出 {0} 个数组，而输入有 {1} 个</translation>
    </message>
    <message>
        <source>{0} blocks get</source>
        <translation>{0} 个块</translation>
    </message>
    <message>
        <source>{0} blocks in the free space are proved impossible by OR-tools</source>
        <translation>OR-tools 已证明空闲空间放不下 {0} 个块</translation>
    </message>
    <message>
        <source>{0} blocks lie</source>
        <translation>{0} 个块</translation>
    </message>
    <message>
        <source>{0} bytes are no 16-bit numbers</source>
        <translation>{0} 字节不构成 16 位数</translation>
    </message>
    <message>
        <source>{0} bytes at 0x{1} do not fit into the memory of {2} bytes</source>
        <translation>0x{1} 处的 {0} 字节放不进 {2} 字节的存储器</translation>
    </message>
    <message>
        <source>{0} bytes of NPU memory and {1} bytes of data memory</source>
        <translation>{0} 字节的 NPU 内存和 {1} 字节的数据存储器</translation>
    </message>
    <message>
        <source>{0} cannot be sent as {1}</source>
        <translation>{0} 无法以 {1} 发送</translation>
    </message>
    <message>
        <source>{0} cannot lie where it was placed by hand: {1}</source>
        <translation>{0} 不能位于手动放置的位置：{1}</translation>
    </message>
    <message>
        <source>{0} computed twice</source>
        <translation>{0} 计算两次</translation>
    </message>
    <message>
        <source>{0} copies multiply the gain to {1}, the chip&apos;s largest is {2}</source>
        <translation>{0} 个副本使增益变为 {1}，芯片最大为 {2}</translation>
    </message>
    <message>
        <source>{0} does not lie in the project&apos;s folder</source>
        <translation>{0} 不在工程文件夹内</translation>
    </message>
    <message>
        <source>{0} failed (exit code {1})</source>
        <translation>{0}失败（退出码 {1}）</translation>
    </message>
    <message>
        <source>{0} frames, must be 1..{1}</source>
        <translation>{0} 帧，必须为 1..{1}</translation>
    </message>
    <message>
        <source>{0} has no blocks: there is nothing to stay clear of</source>
        <translation>{0} 没有块：没有需要避开的内容</translation>
    </message>
    <message>
        <source>{0} has {1} bias rows where it was placed by hand, its bias needs {2}</source>
        <translation>{0} 在手动放置处有 {1} 个偏置行，其偏置需要 {2} 个</translation>
    </message>
    <message>
        <source>{0} has {1} bytes, fewer than a {2}</source>
        <translation>{0} 只有 {1} 字节，小于 {2}</translation>
    </message>
    <message>
        <source>{0} has {1} positions: {2} points</source>
        <translation>{0} 有 {1} 个位置：{2} 个窗口位置</translation>
    </message>
    <message>
        <source>{0} input arrays for {1} inputs</source>
        <translation>{1} 个输入给出了 {0} 个输入数组</translation>
    </message>
    <message>
        <source>{0} inputs and {1} outputs with {2} frames, expected as many of each with one number of frames</source>
        <translation>{0} 个输入和 {1} 个输出，帧数 {2}；两者数量和帧数应一致</translation>
    </message>
    <message>
        <source>{0} is defined twice</source>
        <translation>{0} 重复定义</translation>
    </message>
    <message>
        <source>{0} is loaded</source>
        <translation>{0} 已加载</translation>
    </message>
    <message>
        <source>{0} is missing: this is no folder for the maker&apos;s mapper</source>
        <translation>缺少 {0}：这不是给厂商映射器的文件夹</translation>
    </message>
    <message>
        <source>{0} is missing; the programming tool needs {1}</source>
        <translation>缺少 {0}；烧写工具需要 {1}</translation>
    </message>
    <message>
        <source>{0} is no address of a debug server</source>
        <translation>{0} 不是调试服务器的地址</translation>
    </message>
    <message>
        <source>{0} is no correlation, or a figure is no number</source>
        <translation>{0} 不是相关系数，或有数据不是数值</translation>
    </message>
    <message>
        <source>{0} is no escape</source>
        <translation>{0} 不是转义序列</translation>
    </message>
    <message>
        <source>{0} is no number of a device</source>
        <translation>{0} 不是设备编号</translation>
    </message>
    <message>
        <source>{0} is no number of a device model</source>
        <translation>{0} 不是器件模型的数值</translation>
    </message>
    <message>
        <source>{0} is no table</source>
        <translation>{0} 不是表</translation>
    </message>
    <message>
        <source>{0} is no tag</source>
        <translation>{0} 不是标签</translation>
    </message>
    <message>
        <source>{0} is not a type of a variable</source>
        <translation>{0} 不是变量类型</translation>
    </message>
    <message>
        <source>{0} is not at the path in the settings</source>
        <translation>{0} 不在设置中的路径</translation>
    </message>
    <message>
        <source>{0} is not made of whole pages of {1} bytes</source>
        <translation>{0} 不是 {1} 字节整页的倍数</translation>
    </message>
    <message>
        <source>{0} is {1}, must be 0..{2}</source>
        <translation>{0} 为 {1}，必须为 0..{2}</translation>
    </message>
    <message>
        <source>{0} is {1}, must be a number from {2}</source>
        <translation>{0} 为 {1}，必须为不小于 {2} 的数</translation>
    </message>
    <message>
        <source>{0} is {1}, not a number</source>
        <translation>{0} 为 {1}，不是数值</translation>
    </message>
    <message>
        <source>{0} labels for {1} samples</source>
        <translation>{1} 个样本有 {0} 个标签</translation>
    </message>
    <message>
        <source>{0} labels for {1} {2}</source>
        <translation>{1} {2}有 {0} 个标签</translation>
    </message>
    <message>
        <source>{0} largest layers</source>
        <translation>{0}最大的层</translation>
    </message>
    <message>
        <source>{0} less data of your own, or a smaller stack</source>
        <translation>{0}更少的自有数据，或更小的栈</translation>
    </message>
    <message>
        <source>{0} must be above 0</source>
        <translation>{0} 必须大于 0</translation>
    </message>
    <message>
        <source>{0} must be at least 1</source>
        <translation>{0} 至少为 1</translation>
    </message>
    <message>
        <source>{0} must start at a multiple of {1} and have a size</source>
        <translation>{0} 的起始地址必须为 {1} 的倍数，且大小不为 0</translation>
    </message>
    <message>
        <source>{0} needs {1} bytes, {2} available: {3} too many</source>
        <translation>{0} 需要 {1} 字节，可用 {2}：超出 {3}</translation>
    </message>
    <message>
        <source>{0} num {1} has no effect without shift 1.</source>
        <translation>{0} num {1} 在没有 shift 1 时无效。</translation>
    </message>
    <message>
        <source>{0} of its values are at the end of the chip&apos;s range: check with the model&apos;s maker whether its gain should be larger.</source>
        <translation>其 {0} 的值位于芯片量程端点：请向模型作者确认增益是否应更大。</translation>
    </message>
    <message>
        <source>{0} of its values are clipped: {1}.</source>
        <translation>其 {0} 的值被截断：{1}。</translation>
    </message>
    <message>
        <source>{0} of its weights are clipped, because a cell cannot hold them with the smallest gain, {1}: {2}.</source>
        <translation>其 {0} 的权重被截断，因为在最小增益 {1} 下单元放不下：{2}。</translation>
    </message>
    <message>
        <source>{0} of {1} bytes came damaged: is the baud rate {2} right? Boards often use {3}; check data bits and parity too.</source>
        <translation>{1} 字节中有 {0} 字节损坏：波特率 {2} 正确吗？开发板常用 {3}；也请检查数据位和校验位。</translation>
    </message>
    <message>
        <source>{0} of {1} chips</source>
        <translation>{0}/{1} 片芯片</translation>
    </message>
    <message>
        <source>{0} pictures of {1} × {2} take {3} MB</source>
        <translation>{0} 张 {1} × {2} 的图片占用 {3} MB</translation>
    </message>
    <message>
        <source>{0} samples wanted, there are {1}</source>
        <translation>需要 {0} 个样本，只有 {1} 个</translation>
    </message>
    <message>
        <source>{0} take at least {1} columns, {2} can be used</source>
        <translation>{0}至少 {1} 列，可用 {2} 列</translation>
    </message>
    <message>
        <source>{0} take {1} rows, {2} has {3}</source>
        <translation>{0}占 {1} 行，{2} 有 {3} 行</translation>
    </message>
    <message>
        <source>{0} takes integers {1}..{2} of shape {3}, alone or in a batch; these are {4} {5}</source>
        <translation>{0} 需要 {1}..{2} 范围内、形状为 {3} 的整数（单个或成批）；给出的是 {4} {5}</translation>
    </message>
    <message>
        <source>{0} times most others{1}, which have {2} left</source>
        <translation>其他多数的 {0} 倍{1}，后者只剩 {2}</translation>
    </message>
    <message>
        <source>{0} values, expected {1} frames x {2}</source>
        <translation>{0} 个值，应为 {1} 帧 x {2}</translation>
    </message>
    <message>
        <source>{0} was not found</source>
        <translation>未找到 {0}</translation>
    </message>
    <message>
        <source>{0} where given, and this is about the others around. {1}</source>
        <translation>{0}在指定位置，以下针对其余的块。{1}</translation>
    </message>
    <message>
        <source>{0} with {1} copies.</source>
        <translation>{0}（{1} 个副本）。</translation>
    </message>
    <message>
        <source>{0} {1} are used.</source>
        <translation>{0} {1}。</translation>
    </message>
    <message>
        <source>{0} {1} in the settings is not usable</source>
        <translation>设置中的 {0} {1} 不可用</translation>
    </message>
    <message>
        <source>{0} {1} is {2}, must be {3}..{4}</source>
        <translation>{0} {1} 为 {2}，必须为 {3}..{4}</translation>
    </message>
    <message>
        <source>{0} {1}: the number is negative</source>
        <translation>{0} {1}：数值为负</translation>
    </message>
    <message>
        <source>{0}, and {1} % of the samples get another largest output</source>
        <translation>{0}，且 {1} % 的样本最大输出不同</translation>
    </message>
    <message>
        <source>{0}, of which {1} can be shared</source>
        <translation>{0}，其中 {1} 可以共用</translation>
    </message>
    <message>
        <source>{0}, or use</source>
        <translation>{0}，或使用</translation>
    </message>
    <message>
        <source>{0}, or use --equalize</source>
        <translation>{0}，或用 --equalize</translation>
    </message>
    <message>
        <source>{0}, pass {1} of {2}</source>
        <translation>{0}，第 {1} 遍（共 {2} 遍）</translation>
    </message>
    <message>
        <source>{0}, to which it is tied</source>
        <translation>{0}（已绑定）</translation>
    </message>
    <message>
        <source>{0}.{1} has no source</source>
        <translation>{0}.{1} 没有注明来源</translation>
    </message>
    <message>
        <source>{0}.{1} is no table with a value and its source</source>
        <translation>{0}.{1} 不是含数值及来源的表</translation>
    </message>
    <message>
        <source>{0}.{1}: {2} missing or unknown</source>
        <translation>{0}.{1}：{2} 缺失或未知</translation>
    </message>
    <message>
        <source>{0}: biases were rounded to multiples of {1}.</source>
        <translation>{0}：偏置已舍入为 {1} 的倍数。</translation>
    </message>
    <message>
        <source>{0}: checking the firmware</source>
        <translation>{0}：正在校验固件</translation>
    </message>
    <message>
        <source>{0}: inputs times {1} saturate at {2}..{3} where the input leaves {4}..{5}.</source>
        <translation>{0}：输入乘以 {1}，超出 {4}..{5} 时在 {2}..{3} 处饱和。</translation>
    </message>
    <message>
        <source>{0}: its bias is too large for the array. {1}</source>
        <translation>{0}：其偏置对阵列过大。{1}</translation>
    </message>
    <message>
        <source>{0}: needs {1} bytes of layer inputs and outputs at once, and the chip has room for {2}. Firmware cannot be built; simulating and mapping work.</source>
        <translation>{0}：同时需要 {1} 字节的层输入与输出，而芯片只有 {2} 字节的空间。无法构建固件；仍可仿真和映射。</translation>
    </message>
    <message>
        <source>{0}: no Scale of 1/G follows this {1}; its gain is taken to be {2}.</source>
        <translation>{0}：此 {1} 之后没有 1/G 的 Scale；其增益取为 {2}。</translation>
    </message>
    <message>
        <source>{0}: nothing in the model tells features from time steps in {1}; it is read as [1, F, T], {2} features at each of {3} steps.</source>
        <translation>{0}：模型无法区分 {1} 中的特征与时间步；按 [1, F, T] 读取，{3} 步，每步 {2} 个特征。</translation>
    </message>
    <message>
        <source>{0}: of the rows {1} only those of signed numbers are {2}.</source>
        <translation>{0}：{1} 行中只有有符号数的行为 {2}。</translation>
    </message>
    <message>
        <source>{0}: one tile has {1} rows.</source>
        <translation>{0}：一个分块有 {1} 行。</translation>
    </message>
    <message>
        <source>{0}: samples hold one step, so its state is always zero, as in the model; give samples of several steps, [1, time, features], to use it.</source>
        <translation>{0}：样本只有一步，因此其状态与模型中一样始终为零；要使用状态，请给出多步样本 [1, time, features]。</translation>
    </message>
    <message>
        <source>{0}: signed_input {1} is of no use, its inputs are never negative.</source>
        <translation>{0}：signed_input {1} 没有作用，其输入从不为负。</translation>
    </message>
    <message>
        <source>{0}: this was not allowed yet</source>
        <translation>{0}：尚未获得允许</translation>
    </message>
    <message>
        <source>{0}: weights below -{1} have {2} as their mirror image for negative inputs, as the chip&apos;s maker does.</source>
        <translation>{0}：小于 -{1} 的权重对负输入的镜像为 {2}，与芯片厂商一致。</translation>
    </message>
    <message>
        <source>{0}: weights beyond {1} were clipped, as the chip&apos;s maker does.</source>
        <translation>{0}：超出 {1} 的权重已截断，与芯片厂商一致。</translation>
    </message>
    <message>
        <source>{0}: writing the firmware</source>
        <translation>{0}：正在写入固件</translation>
    </message>
    <message>
        <source>{0}: {1} % of the weights exceed what gain {2} can represent and were clipped.</source>
        <translation>{0}：{1} % 的权重超出增益 {2} 的表示范围，已截断。</translation>
    </message>
    <message>
        <source>{0}: {1} inputs do not fit one round on the array; {2} parts are rounded by themselves and added, which differs a little from one sum.</source>
        <translation>{0}：{1} 个输入无法在阵列的一轮中完成；分成 {2} 部分各自舍入后相加，与一次求和略有差异。</translation>
    </message>
    <message>
        <source>{0}: {1} inputs do not fit {2}; {3} parts are rounded by themselves and added, which differs a little from one sum.</source>
        <translation>{0}：{2}放不下 {1} 个输入；分成 {3} 部分各自舍入后相加，与一次求和略有差异。</translation>
    </message>
    <message>
        <source>{0}: {1} of {2} weights have a high byte, which the CPU multiplies.</source>
        <translation>{0}：{2} 个权重中有 {1} 个带高字节，由 CPU 相乘。</translation>
    </message>
    <message>
        <source>{0}: {1} pictures became samples of {2} × {3}, {4}, {5}. Normalize inside the model if it expects other values. There are no labels.</source>
        <translation>{0}：{1} 张图片已转换为 {2} × {3}、{4}、{5} 的样本。若模型需要其他取值，请在模型内归一化。没有标签。</translation>
    </message>
    <message>
        <source>{0}: {1} pictures became samples of {2} × {3}, {4}, {5}. Normalize inside the model if it expects other values. {6} classes: {7}.</source>
        <translation>{0}：{1} 张图片已转换为 {2} × {3}、{4}、{5} 的样本。若模型需要其他取值，请在模型内归一化。{6} 个类别：{7}。</translation>
    </message>
    <message>
        <source>{0}: {1} weights beyond +-{2} were clipped.</source>
        <translation>{0}：{1} 个超出 +-{2} 的权重已截断。</translation>
    </message>
    <message>
        <source>{0}; optimization -Os saves some code.</source>
        <translation>{0}；优化选项 -Os 可节省一些代码。</translation>
    </message>
    <message>
        <source>{0}; the processor is {1}</source>
        <translation>{0}；处理器位置：{1}</translation>
    </message>
    <message>
        <source>{0}block {1} ({2} rows x {3} columns) is larger than every core; the largest is {4} x {5}</source>
        <translation>{0}块 {1}（{2} 行 x {3} 列）大于所有内核；最大的为 {4} x {5}</translation>
    </message>
    <message>
        <source>{0}block {1} needs block {2}, which does not exist</source>
        <translation>{0}块 {1} 需要块 {2}，但它不存在</translation>
    </message>
    <message>
        <source>{0}block {1} stands there already</source>
        <translation>{0}块 {1} 已存在</translation>
    </message>
    <message>
        <source>{0}block {1} stands there already, in line {2}</source>
        <translation>{0}块 {1} 已存在，在第 {2} 行</translation>
    </message>
    <message>
        <source>{0}core {1} stands there already</source>
        <translation>{0}内核 {1} 已存在</translation>
    </message>
    <message>
        <source>{0}the predecessors form a cycle: {1}</source>
        <translation>{0}前驱形成环：{1}</translation>
    </message>
</context>
<context>
    <name>Monitor</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Signals</source>
        <translation>信号</translation>
    </message>
</context>
<context>
    <name>Monitoring</name>
    <message>
        <source>A run is going on.</source>
        <translation>正在进行一次运行。</translation>
    </message>
    <message>
        <source>Build first: the emulator has no firmware yet.</source>
        <translation>请先构建：仿真器还没有固件。</translation>
    </message>
    <message>
        <source>Connect to a board, then send.</source>
        <translation>请先连接开发板，再发送。</translation>
    </message>
    <message>
        <source>no port is open</source>
        <translation>没有打开的串口</translation>
    </message>
</context>
<context>
    <name>MovableCard</name>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Move back</source>
        <translation>后移</translation>
    </message>
    <message>
        <source>Move forward</source>
        <translation>前移</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>NodeTable</name>
    <message>
        <source>Find a node</source>
        <translation>查找节点</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>No nodes to list</source>
        <translation>没有可列出的节点</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>运算</translation>
    </message>
    <message>
        <source>Output shape</source>
        <translation>输出形状</translation>
    </message>
    <message>
        <source>The model&apos;s nodes appear here once it has been read without an error.</source>
        <translation>模型成功读取后，其节点显示在这里。</translation>
    </message>
    <message>
        <source>What it became on the chip</source>
        <translation>在芯片上对应的内容</translation>
    </message>
    <message>
        <source>weights are chip integers</source>
        <translation>权重为芯片整数</translation>
    </message>
    <message>
        <source>weights are floats</source>
        <translation>权重为浮点数</translation>
    </message>
    <message>
        <source>{0} · {1} nodes · {2}</source>
        <translation>{0} · {1} 个节点 · {2}</translation>
    </message>
</context>
<context>
    <name>NoisePage</name>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Also finds out which layers suffer most</source>
        <translation>同时找出受影响最大的层</translation>
    </message>
    <message>
        <source>At</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Chips</source>
        <translation>芯片数</translation>
    </message>
    <message>
        <source>Deploy first: the study needs the layout and samples.</source>
        <translation>请先部署：研究需要布局和样本。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>器件</translation>
    </message>
    <message>
        <source>Device model of the chip file</source>
        <translation>芯片文件中的器件模型</translation>
    </message>
    <message>
        <source>Each layer alone, too</source>
        <translation>同时逐层分析</translation>
    </message>
    <message>
        <source>No chips studied yet</source>
        <translation>尚未研究芯片</translation>
    </message>
    <message>
        <source>No two chips are alike: see how many of them stay accurate.</source>
        <translation>芯片各不相同：看看其中多少仍然准确。</translation>
    </message>
    <message>
        <source>Pictures (*.svg *.png)</source>
        <translation>图片 (*.svg *.png)</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Study chips</source>
        <translation>研究芯片</translation>
    </message>
    <message>
        <source>Time since the weights were programmed</source>
        <translation>权重烧写后经过的时间</translation>
    </message>
    <message>
        <source>Yield {0:.0f} %</source>
        <translation>良率 {0:.0f} %</translation>
    </message>
    <message>
        <source>{0} chips of {1}, {2} samples: mean {3:.2f} %, worst {4:.2f} %, exact {5:.2f} %; yield between {6:.0f} and {7:.0f} % (95 %)</source>
        <translation>{1} 的 {0} 片芯片，{2} 个样本：平均 {3:.2f} %，最差 {4:.2f} %，精确 {5:.2f} %；良率 {6:.0f} 至 {7:.0f} %（95 %）</translation>
    </message>
</context>
<context>
    <name>NoisePlots</name>
    <message>
        <source>Results of the chips</source>
        <translation>各芯片的结果</translation>
    </message>
    <message>
        <source>What each layer&apos;s noise costs</source>
        <translation>各层噪声的代价</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>agreement with the exact answers</source>
        <translation>与精确结果的一致率</translation>
    </message>
    <message>
        <source>chips</source>
        <translation>芯片数</translation>
    </message>
    <message>
        <source>cosine with the exact outputs</source>
        <translation>与精确输出的余弦</translation>
    </message>
    <message>
        <source>exact {value:.2f} %</source>
        <translation>精确 {value:.2f} %</translation>
    </message>
    <message>
        <source>good from {value:.2f} %</source>
        <translation>合格线 {value:.2f} %</translation>
    </message>
    <message>
        <source>points lost, noise in this layer only</source>
        <translation>仅该层有噪声时损失的百分点</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>A deploy is running.</source>
        <translation>正在部署。</translation>
    </message>
    <message>
        <source>Dropped options</source>
        <translation>拖入选项</translation>
    </message>
    <message>
        <source>Open a model or a project first, or drop both together.</source>
        <translation>请先打开模型或工程，或一起拖入。</translation>
    </message>
    <message>
        <source>Put it back into the folder, or drop the .onnx file instead.</source>
        <translation>请将其放回文件夹，或改为拖入 .onnx 文件。</translation>
    </message>
    <message>
        <source>The model is still being opened.</source>
        <translation>模型仍在打开。</translation>
    </message>
    <message>
        <source>The project&apos;s data is missing: {0}</source>
        <translation>工程的数据缺失：{0}</translation>
    </message>
    <message>
        <source>The project&apos;s model is missing.</source>
        <translation>工程的模型缺失。</translation>
    </message>
    <message>
        <source>There is no project yet to take this into.</source>
        <translation>还没有可接收它的工程。</translation>
    </message>
    <message>
        <source>This project has no model yet.</source>
        <translation>此工程还没有模型。</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>Wait until it is done, or cancel it, then try again.</source>
        <translation>请等待其完成或取消，然后重试。</translation>
    </message>
</context>
<context>
    <name>Option</name>
    <message>
        <source>16-bit weights</source>
        <translation>16 位权重</translation>
    </message>
    <message>
        <source>A debugger for RISC-V.</source>
        <translation>RISC-V 调试器。</translation>
    </message>
    <message>
        <source>Against noise</source>
        <translation>抗噪声</translation>
    </message>
    <message>
        <source>Allow 16-bit weights where 8 bits are too few: the CPU multiplies the high bytes.</source>
        <translation>8 位不够时允许 16 位权重：高字节由 CPU 相乘。</translation>
    </message>
    <message>
        <source>Analog noise</source>
        <translation>器件噪声</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>At the baud rate</source>
        <translation>按波特率运行</translation>
    </message>
    <message>
        <source>Baud rate</source>
        <translation>波特率</translation>
    </message>
    <message>
        <source>Begin where you left off, instead of on the welcome page.</source>
        <translation>从上次结束处开始，而不是欢迎页。</translation>
    </message>
    <message>
        <source>Bias rows</source>
        <translation>偏置行</translation>
    </message>
    <message>
        <source>Bias rows a block gets where there is room.</source>
        <translation>空间允许时每个块得到的偏置行数。</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>开发板</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>CIM Studio in your home folder</source>
        <translation>主文件夹中的 CIM Studio</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>Chip number</source>
        <translation>芯片编号</translation>
    </message>
    <message>
        <source>Colours of the window.</source>
        <translation>窗口的颜色。</translation>
    </message>
    <message>
        <source>Columns left free at the array&apos;s left edge.</source>
        <translation>阵列左边缘空出的列数。</translation>
    </message>
    <message>
        <source>Columns to skip</source>
        <translation>跳过的列</translation>
    </message>
    <message>
        <source>Compare layers after a deploy</source>
        <translation>部署后逐层对比</translation>
    </message>
    <message>
        <source>Compile with -Og instead of -O2: easier to step through, slower and larger. Both carry debug information.</source>
        <translation>用 -Og 代替 -O2 编译：便于单步调试，但更慢、更大。两者都带调试信息。</translation>
    </message>
    <message>
        <source>Compiler</source>
        <translation>编译器</translation>
    </message>
    <message>
        <source>Compute layers twice where that helps against this device model of the chip.</source>
        <translation>针对芯片的此器件模型，在有帮助之处将层计算两次。</translation>
    </message>
    <message>
        <source>Compute several window positions in one round, by copies side by side.</source>
        <translation>用并排副本在一轮中计算多个窗口位置。</translation>
    </message>
    <message>
        <source>Cross-layer equalization evens out the channels&apos; weights.</source>
        <translation>跨层均衡可使各通道权重趋于均匀。</translation>
    </message>
    <message>
        <source>Debug interface</source>
        <translation>调试接口</translation>
    </message>
    <message>
        <source>Debug server</source>
        <translation>调试服务器</translation>
    </message>
    <message>
        <source>Docker image</source>
        <translation>Docker 镜像</translation>
    </message>
    <message>
        <source>Download by</source>
        <translation>下载方式</translation>
    </message>
    <message>
        <source>Downloads firmware through a debug probe.</source>
        <translation>通过调试器下载固件。</translation>
    </message>
    <message>
        <source>Emulate a chip whose cells err as this device model of the chip says.</source>
        <translation>仿真一块芯片，其单元按此器件模型产生误差。</translation>
    </message>
    <message>
        <source>Emulator</source>
        <translation>仿真器</translation>
    </message>
    <message>
        <source>Equalization</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>For the debugger</source>
        <translation>便于调试</translation>
    </message>
    <message>
        <source>GDB</source>
        <translation>GDB</translation>
    </message>
    <message>
        <source>HOST:PORT at which a debug server waits; 3333 is OpenOCD&apos;s, 2331 SEGGER&apos;s.</source>
        <translation>调试服务器等待的“主机:端口”；3333 是 OpenOCD 的，2331 是 SEGGER 的。</translation>
    </message>
    <message>
        <source>How fast the firmware talks.</source>
        <translation>固件串口通信的速度。</translation>
    </message>
    <message>
        <source>How long to search for a layout on an ordinary computer.</source>
        <translation>在普通计算机上搜索布局的时长。</translation>
    </message>
    <message>
        <source>How long to search for scales, gains and biases whose outputs come closest to the float model&apos;s.</source>
        <translation>搜索使输出最接近浮点模型的比例、增益和偏置的力度。</translation>
    </message>
    <message>
        <source>How many samples are built into the firmware.</source>
        <translation>内置到固件中的样本数。</translation>
    </message>
    <message>
        <source>How the probe is wired to the board: JTAG, or cJTAG, which takes two wires.</source>
        <translation>调试器与开发板的连接方式：JTAG，或只用两根线的 cJTAG。</translation>
    </message>
    <message>
        <source>How the range of each tensor is found from the samples: by its extremes, by a percentile, by the least squared error, or by the least divergence of its distribution.</source>
        <translation>如何由样本确定每个张量的范围：按极值、百分位数、最小均方误差，或分布的最小散度。</translation>
    </message>
    <message>
        <source>J-Link Commander</source>
        <translation>J-Link Commander</translation>
    </message>
    <message>
        <source>Keep every byte of a connection or run with its time on disk, to look at it again.</source>
        <translation>将连接或运行的每个字节连同其时间保存到磁盘，以便再次查看。</translation>
    </message>
    <message>
        <source>Labels needed</source>
        <translation>需要标签</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the window.</source>
        <translation>窗口的语言。</translation>
    </message>
    <message>
        <source>Large type, thick lines and wide paddings, to be read from the last row of a room.</source>
        <translation>大字体、粗线条、宽间距，坐在最后一排也能看清。</translation>
    </message>
    <message>
        <source>Layer options</source>
        <translation>层选项</translation>
    </message>
    <message>
        <source>Layers with more inputs are cut into row tiles, which places more easily and changes the rounding a little.</source>
        <translation>输入更多的层会切成行分块，更易放置，舍入略有变化。</translation>
    </message>
    <message>
        <source>Let OR-tools polish the layout and prove it, for so long; 0 leaves it out.</source>
        <translation>让 OR-tools 在此时长内优化并证明布局；0 表示不使用。</translation>
    </message>
    <message>
        <source>Let the emulator&apos;s serial line be as slow as a real one.</source>
        <translation>让仿真器的串口与真实串口一样慢。</translation>
    </message>
    <message>
        <source>Maker&apos;s mapper</source>
        <translation>厂商映射器</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射</translation>
    </message>
    <message>
        <source>Measure in the background how exact each layer is. Turn it off where large models keep a small computer busy.</source>
        <translation>在后台测量每层的精确程度。若大模型使较慢的计算机过于繁忙，可将其关闭。</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视器</translation>
    </message>
    <message>
        <source>Number of the J-Link</source>
        <translation>J-Link 编号</translation>
    </message>
    <message>
        <source>Number of the SPI adapter</source>
        <translation>SPI 适配器编号</translation>
    </message>
    <message>
        <source>Open the last project at the start</source>
        <translation>启动时打开上次的工程</translation>
    </message>
    <message>
        <source>OpenOCD</source>
        <translation>OpenOCD</translation>
    </message>
    <message>
        <source>OpenOCD&apos;s interface file</source>
        <translation>OpenOCD 接口文件</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>百分位数</translation>
    </message>
    <message>
        <source>Print how long each layer takes.</source>
        <translation>打印每一层的用时。</translation>
    </message>
    <message>
        <source>Program the weights</source>
        <translation>烧写权重</translation>
    </message>
    <message>
        <source>Programming tool</source>
        <translation>烧写工具</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>工程</translation>
    </message>
    <message>
        <source>Projects folder</source>
        <translation>工程文件夹</translation>
    </message>
    <message>
        <source>Prove with OR-tools</source>
        <translation>用 OR-tools 证明</translation>
    </message>
    <message>
        <source>Python of the mapper</source>
        <translation>映射器的 Python</translation>
    </message>
    <message>
        <source>Quantize</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Quantize with random samples where there is no data: only to look at layouts.</source>
        <translation>没有数据时用随机样本量化：仅用于查看布局。</translation>
    </message>
    <message>
        <source>RISC-V GCC</source>
        <translation>RISC-V GCC</translation>
    </message>
    <message>
        <source>Random samples</source>
        <translation>随机样本</translation>
    </message>
    <message>
        <source>Record what boards say</source>
        <translation>录制开发板的输出</translation>
    </message>
    <message>
        <source>Recordings folder</source>
        <translation>录制文件夹</translation>
    </message>
    <message>
        <source>Recordings in CIM Studio in your home folder</source>
        <translation>主文件夹中 CIM Studio 下的 Recordings</translation>
    </message>
    <message>
        <source>Refuse data without labels, since no accuracy can be told without.</source>
        <translation>拒绝没有标签的数据，否则无法得出准确率。</translation>
    </message>
    <message>
        <source>Reset states every</source>
        <translation>状态复位间隔</translation>
    </message>
    <message>
        <source>Room for recordings</source>
        <translation>录制占用上限</translation>
    </message>
    <message>
        <source>Rows of a tile</source>
        <translation>分块行数</translation>
    </message>
    <message>
        <source>SEGGER&apos;s own tool for its probes, which downloads firmware too.</source>
        <translation>SEGGER 自己的调试器工具，也能下载固件。</translation>
    </message>
    <message>
        <source>SSH host</source>
        <translation>SSH 主机</translation>
    </message>
    <message>
        <source>Samples come</source>
        <translation>样本来源</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search time</source>
        <translation>搜索时长</translation>
    </message>
    <message>
        <source>Signed inputs</source>
        <translation>有符号输入</translation>
    </message>
    <message>
        <source>Start the firmware only when GDB has connected; where, the Run tab tells.</source>
        <translation>等 GDB 连接后才启动固件；连接地址见“运行”标签页。</translation>
    </message>
    <message>
        <source>Test samples</source>
        <translation>测试样本</translation>
    </message>
    <message>
        <source>The Python, in the image or on the host, that can import the maker&apos;s mapper.</source>
        <translation>镜像中或主机上能导入厂商映射器的 Python。</translation>
    </message>
    <message>
        <source>The chip new projects are for: its id, or the path of a .toml file.</source>
        <translation>新工程使用的芯片：其 id，或 .toml 文件的路径。</translation>
    </message>
    <message>
        <source>The compiler that is taken where gcc is chosen.</source>
        <translation>选择 gcc 时所用的编译器。</translation>
    </message>
    <message>
        <source>The computer that has the maker&apos;s mapper, as ssh takes it: user@host, or a name from ssh&apos;s own configuration. Logging in must work without a password.</source>
        <translation>装有厂商映射器的计算机，写法与 ssh 相同：user@host，或 ssh 配置中的名称。登录必须不需要密码。</translation>
    </message>
    <message>
        <source>The configuration file of OpenOCD for the probe, as it names it.</source>
        <translation>OpenOCD 中该调试器的配置文件名。</translation>
    </message>
    <message>
        <source>The image that holds the maker&apos;s mapper, as docker images lists it.</source>
        <translation>包含厂商映射器的镜像，名称与 docker images 所列相同。</translation>
    </message>
    <message>
        <source>The maker&apos;s options for single layers (opt.protobuf).</source>
        <translation>厂商的单层选项（opt.protobuf）。</translation>
    </message>
    <message>
        <source>The maker&apos;s tool that writes weights into the array: WitinProgramTool.</source>
        <translation>厂商用于把权重写入阵列的工具：WitinProgramTool。</translation>
    </message>
    <message>
        <source>The number of the board that programs the array, needed where several are plugged in.</source>
        <translation>烧写阵列的板子的编号；插有多块时需要。</translation>
    </message>
    <message>
        <source>The serial number of the debug probe, needed where several are plugged in.</source>
        <translation>调试器的序列号；插有多个时需要。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Time the layers</source>
        <translation>测量各层用时</translation>
    </message>
    <message>
        <source>Use free space for speed</source>
        <translation>用空闲空间提速</translation>
    </message>
    <message>
        <source>Values inside the range when calibration goes by percentile.</source>
        <translation>按百分位数校准时落在范围内的数值比例。</translation>
    </message>
    <message>
        <source>Wait for a debugger</source>
        <translation>等待调试器</translation>
    </message>
    <message>
        <source>What builds the firmware of new projects: zig is the bundled compiler, gcc a RISC-V GCC on the search path, automatic the first of them that works.</source>
        <translation>新工程用什么构建固件：zig 为内置编译器，gcc 为搜索路径上的 RISC-V GCC，“自动”取其中第一个可用的。</translation>
    </message>
    <message>
        <source>What writes the firmware into a board: SEGGER&apos;s J-Link Commander, OpenOCD, or a debug server that runs already, through GDB.</source>
        <translation>用什么把固件写入开发板：SEGGER 的 J-Link Commander、OpenOCD，或通过 GDB 使用已在运行的调试服务器。</translation>
    </message>
    <message>
        <source>When a deploy writes the array, which takes minutes: where the array&apos;s tag says that it holds others, always, or never.</source>
        <translation>部署何时写入阵列（需要几分钟）：阵列标签表明内容不同时、总是，或从不。</translation>
    </message>
    <message>
        <source>Where new projects are made.</source>
        <translation>新工程的存放位置。</translation>
    </message>
    <message>
        <source>Where recordings are kept.</source>
        <translation>保存录制的位置。</translation>
    </message>
    <message>
        <source>Where the maker&apos;s own mapper runs, which writes the configuration of a real board: in Docker on this computer, or on another one.</source>
        <translation>厂商自己的映射器在哪里运行（它写出真实开发板的配置）：本机的 Docker，或另一台计算机。</translation>
    </message>
    <message>
        <source>Where the recordings take more, the oldest are deleted as soon as a new one begins.</source>
        <translation>录制占用超过此值时，一开始新的录制就删除最旧的录制。</translation>
    </message>
    <message>
        <source>Which of the chips that noise makes: each number is another one, always the same.</source>
        <translation>选择噪声产生的哪一块芯片：每个编号对应一块不同的芯片，同一编号始终相同。</translation>
    </message>
    <message>
        <source>With the firmware, as many as fit; or from the computer while it runs, as many as there are. A demo begins again when it is through.</source>
        <translation>随固件：放得下多少就放多少；或运行时从计算机传来：有多少用多少。演示播完后从头再来。</translation>
    </message>
    <message>
        <source>Workshop mode</source>
        <translation>投影模式</translation>
    </message>
    <message>
        <source>Zero what the network remembers before every so many samples; 0 is never.</source>
        <translation>每隔这么多样本将网络的状态清零；0 表示从不。</translation>
    </message>
    <message>
        <source>all that fit</source>
        <translation>能放下的全部</translation>
    </message>
    <message>
        <source>an ideal chip</source>
        <translation>理想芯片</translation>
    </message>
    <message>
        <source>as the chip prefers</source>
        <translation>按芯片推荐</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>found automatically</source>
        <translation>自动查找</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>pn stores weights twice, positive and negative; shift moves the inputs up and takes it off in the bias.</source>
        <translation>pn 将权重按正负存储两份；偏移则抬高输入，再在偏置中减去。</translation>
    </message>
    <message>
        <source>the chip&apos;s</source>
        <translation>芯片默认值</translation>
    </message>
    <message>
        <source>the largest bank&apos;s</source>
        <translation>最大 Bank 的行数</translation>
    </message>
    <message>
        <source>the noisy ones</source>
        <translation>噪声大的列</translation>
    </message>
    <message>
        <source>the only one</source>
        <translation>唯一的一个</translation>
    </message>
    <message>
        <source>where it helps</source>
        <translation>有帮助时</translation>
    </message>
    <message>
        <source>zig is the bundled compiler, gcc a RISC-V GCC on the search path, auto the first of them that works.</source>
        <translation>zig 为内置编译器，gcc 为搜索路径上的 RISC-V GCC，“自动”取其中第一个可用的。</translation>
    </message>
</context>
<context>
    <name>OptionText</name>
    <message>
        <source>Firmware › Setup</source>
        <translation>固件 › 设置</translation>
    </message>
    <message>
        <source>In this window, {0} is “{1}” in {2}, switched off.</source>
        <translation>在本窗口中，{0} 即关闭{2}中的“{1}”。</translation>
    </message>
    <message>
        <source>In this window, {0} is “{1}” in {2}.</source>
        <translation>在本窗口中，{0} 对应{2}中的“{1}”。</translation>
    </message>
    <message>
        <source>Mapper › Options</source>
        <translation>映射器 › 选项</translation>
    </message>
    <message>
        <source>Project › Quantize</source>
        <translation>工程 › 量化</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>{0} given</source>
        <translation>已给定 {0}</translation>
    </message>
</context>
<context>
    <name>Output</name>
    <message>
        <source>All tools</source>
        <translation>所有工具</translation>
    </message>
    <message>
        <source>Clear the output</source>
        <translation>清空输出</translation>
    </message>
    <message>
        <source>Copy the output</source>
        <translation>复制输出</translation>
    </message>
    <message>
        <source>Find in the output</source>
        <translation>在输出中查找</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>No output yet</source>
        <translation>尚无输出</translation>
    </message>
    <message>
        <source>Save the output as</source>
        <translation>输出另存为</translation>
    </message>
    <message>
        <source>Save the output…</source>
        <translation>保存输出…</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>What the stages of a deploy and other tools report appears here.</source>
        <translation>部署各阶段及其他工具的报告显示在这里。</translation>
    </message>
    <message>
        <source>What the tools say</source>
        <translation>工具的输出</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>长行换行</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Nothing of that name</source>
        <translation>没有同名命令</translation>
    </message>
    <message>
        <source>Type what you want to do</source>
        <translation>输入要执行的操作</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Array</source>
        <translation>阵列</translation>
    </message>
    <message>
        <source>Classroom</source>
        <translation>课堂</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>仪表板</translation>
    </message>
    <message>
        <source>Editor</source>
        <translation>编辑器</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Mapper</source>
        <translation>映射器</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视器</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>工程</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
</context>
<context>
    <name>PatternPreview</name>
    <message>
        <source>Example lines</source>
        <translation>示例行</translation>
    </message>
    <message>
        <source>Newest lines</source>
        <translation>最新的行</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Take the lines that have come since</source>
        <translation>载入此后收到的行</translation>
    </message>
    <message>
        <source>{0} of {1} match</source>
        <translation>{0}/{1} 行匹配</translation>
    </message>
</context>
<context>
    <name>PatternsDialog</name>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Pattern</source>
        <translation>模式(&amp;P)</translation>
    </message>
    <message>
        <source>A form that is recognized without a pattern has this name.</source>
        <translation>一种自动识别的格式已使用此名称。</translation>
    </message>
    <message>
        <source>A pattern needs a name: its lines are counted under it.</source>
        <translation>模式需要名称：匹配的行按此名称计数。</translation>
    </message>
    <message>
        <source>Add example</source>
        <translation>添加示例</translation>
    </message>
    <message>
        <source>Another pattern has this name.</source>
        <translation>另一个模式已使用此名称。</translation>
    </message>
    <message>
        <source>Coordinates</source>
        <translation>坐标</translation>
    </message>
    <message>
        <source>Each group (?P&lt;name&gt;…) becomes a series of that name; with the groups name and value, the line names it. The first pattern that matches reads the line.</source>
        <translation>每个组 (?P&lt;name&gt;…) 成为同名的系列；若有 name 和 value 两个组，则由该行给出名称。由第一个匹配的模式解析该行。</translation>
    </message>
    <message>
        <source>Log line</source>
        <translation>日志行</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name is value</source>
        <translation>名称 is 数值</translation>
    </message>
    <message>
        <source>No patterns yet. Add one, or begin with an example.</source>
        <translation>尚无模式。请添加一个，或从示例开始。</translation>
    </message>
    <message>
        <source>Own patterns</source>
        <translation>自定义模式</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>寄存器</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
</context>
<context>
    <name>PlayerRow</name>
    <message>
        <source>How fast the recording is played</source>
        <translation>录制的回放速度</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Place in the recording</source>
        <translation>录制中的位置</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>{0} of {1}; it was {2}</source>
        <translation>{0} / {1}；当时为 {2}</translation>
    </message>
</context>
<context>
    <name>PortList</name>
    <message>
        <source>{0} is gone</source>
        <translation>{0} 已断开</translation>
    </message>
    <message>
        <source>{0} is there</source>
        <translation>{0} 已接入</translation>
    </message>
</context>
<context>
    <name>ProblemRows</name>
    <message>
        <source>Found by</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
</context>
<context>
    <name>Problems</name>
    <message>
        <source>Copy the problem</source>
        <translation>复制问题</translation>
    </message>
    <message>
        <source>Copy the problem (Ctrl+C)</source>
        <translation>复制问题 (Ctrl+C)</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Errors: {0}</source>
        <translation>错误：{0}</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter problems by text</source>
        <translation>按文字筛选问题</translation>
    </message>
    <message>
        <source>Filter the problems</source>
        <translation>筛选问题</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>没有问题</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Notes: {0}</source>
        <translation>提示：{0}</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Warnings: {0}</source>
        <translation>警告：{0}</translation>
    </message>
    <message>
        <source>What a deploy finds in the model, the data or the build is listed here.</source>
        <translation>部署在模型、数据或构建中发现的问题列在这里。</translation>
    </message>
</context>
<context>
    <name>Project</name>
    <message>
        <source>Change an option</source>
        <translation>更改选项</translation>
    </message>
    <message>
        <source>Drop an ONNX model: a project is made of it.</source>
        <translation>拖入 ONNX 模型即可新建工程。</translation>
    </message>
    <message>
        <source>Folder of pictures…</source>
        <translation>图片文件夹…</translation>
    </message>
    <message>
        <source>Imported from the maker&apos;s project {0}</source>
        <translation>导入自厂商工程 {0}</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建工程</translation>
    </message>
    <message>
        <source>New project from a template</source>
        <translation>从模板新建工程</translation>
    </message>
    <message>
        <source>No project yet</source>
        <translation>还没有工程</translation>
    </message>
    <message>
        <source>NumPy arrays ({0})</source>
        <translation>NumPy 数组 ({0})</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Open data</source>
        <translation>打开数据</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Quantize</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Samples and labels (.npz, .npy)…</source>
        <translation>样本和标签（.npz、.npy）…</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
</context>
<context>
    <name>Projector</name>
    <message>
        <source>Esc ends the full screen</source>
        <translation>按 Esc 退出全屏</translation>
    </message>
</context>
<context>
    <name>QueryBar</name>
    <message>
        <source>Cannot be read</source>
        <translation>无法解析</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Match before (Shift+F3)</source>
        <translation>上一处 (Shift+F3)</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Next match (F3)</source>
        <translation>下一处 (F3)</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
</context>
<context>
    <name>RangeDialog</name>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>Range of Values</source>
        <translation>数值范围</translation>
    </message>
    <message>
        <source>To</source>
        <translation>到</translation>
    </message>
</context>
<context>
    <name>RecentList</name>
    <message>
        <source>Recent projects</source>
        <translation>最近的工程</translation>
    </message>
</context>
<context>
    <name>RecentRow</name>
    <message>
        <source>Accuracy of the last deploy</source>
        <translation>上次部署的准确率</translation>
    </message>
    <message>
        <source>Cannot be read: {0}</source>
        <translation>无法读取：{0}</translation>
    </message>
    <message>
        <source>Not found: {0}</source>
        <translation>未找到：{0}</translation>
    </message>
    <message>
        <source>Take {0} off the list</source>
        <translation>从列表中移除 {0}</translation>
    </message>
    <message>
        <source>{0:.1f} %</source>
        <translation>{0:.1f} %</translation>
    </message>
</context>
<context>
    <name>RecordingBar</name>
    <message>
        <source>Close the recording</source>
        <translation>关闭录制</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Its file was deleted: going on in a new one</source>
        <translation>文件已被删除：在新文件中继续</translation>
    </message>
    <message>
        <source>Not recorded</source>
        <translation>未录制</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>已录制</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>正在录制</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录制列表</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>cut: its end is missing</source>
        <translation>不完整：缺少结尾</translation>
    </message>
    <message>
        <source>tag {0}</source>
        <translation>标签 {0}</translation>
    </message>
    <message>
        <source>{0} lost: the disk is too slow</source>
        <translation>丢失 {0}：磁盘太慢</translation>
    </message>
</context>
<context>
    <name>RecordingMenu</name>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Open recording…</source>
        <translation>打开录制…</translation>
    </message>
    <message>
        <source>Play this recording</source>
        <translation>回放此录制</translation>
    </message>
    <message>
        <source>Record what boards say</source>
        <translation>录制开发板的输出</translation>
    </message>
    <message>
        <source>Recordings…</source>
        <translation>录制列表…</translation>
    </message>
    <message>
        <source>Session report…</source>
        <translation>会话报告…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
</context>
<context>
    <name>RecordingsDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Connect to a board or run a model: what it says is recorded.</source>
        <translation>连接开发板或运行模型：其输出会被录制。</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete recordings</source>
        <translation>删除录制</translation>
    </message>
    <message>
        <source>Delete these {0} recordings for good?</source>
        <translation>永久删除这 {0} 个录制？</translation>
    </message>
    <message>
        <source>Delete this recording for good?</source>
        <translation>永久删除此录制？</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>No recordings yet</source>
        <translation>尚无录制</translation>
    </message>
    <message>
        <source>On the disk</source>
        <translation>占用的磁盘空间</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>串口</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>工程</translation>
    </message>
    <message>
        <source>Reading {0}</source>
        <translation>正在读取 {0}</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录制列表</translation>
    </message>
    <message>
        <source>Search the recordings</source>
        <translation>搜索录制</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>When it begins</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Whether it was closed properly</source>
        <translation>是否正常关闭</translation>
    </message>
    <message>
        <source>being recorded</source>
        <translation>正在录制</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>{0} of at most {1} GB in {2}</source>
        <translation>{2} 中已用 {0}，上限 {1} GB</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>&amp;Discard</source>
        <translation>丢弃(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>稍后(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Restore</source>
        <translation>恢复(&amp;R)</translation>
    </message>
    <message>
        <source>Ask again at the next start</source>
        <translation>下次启动时再询问</translation>
    </message>
    <message>
        <source>CIM Studio ended unexpectedly.</source>
        <translation>CIM Studio 意外退出。</translation>
    </message>
    <message>
        <source>Restoring opens them as they were; nothing is written yet.</source>
        <translation>恢复会按原样打开这些文本，但不会写入文件。</translation>
    </message>
    <message>
        <source>These texts had changes that were not saved. They were kept:</source>
        <translation>以下文本有未保存的更改，已保留副本：</translation>
    </message>
    <message>
        <source>Unsaved texts</source>
        <translation>未保存的文本</translation>
    </message>
</context>
<context>
    <name>Reference</name>
    <message>
        <source>Layout to compare with</source>
        <translation>要对比的布局</translation>
    </message>
    <message>
        <source>Reference: {0}</source>
        <translation>参考：{0}</translation>
    </message>
    <message>
        <source>This layout</source>
        <translation>当前布局</translation>
    </message>
</context>
<context>
    <name>Result</name>
    <message>
        <source>1 block has fewer bias rows than wanted</source>
        <translation>1 个块的偏置行少于期望</translation>
    </message>
    <message>
        <source>1 layout in {0}</source>
        <translation>1 个布局，用时 {0}</translation>
    </message>
    <message>
        <source>Array</source>
        <translation>阵列</translation>
    </message>
    <message>
        <source>Arrays</source>
        <translation>阵列</translation>
    </message>
    <message>
        <source>Best possible</source>
        <translation>已是最优</translation>
    </message>
    <message>
        <source>Bias rows</source>
        <translation>偏置行</translation>
    </message>
    <message>
        <source>Bias strip</source>
        <translation>偏置条带</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Blocks with fewer bias rows than wanted</source>
        <translation>偏置行少于期望的块</translation>
    </message>
    <message>
        <source>Earlier blocks kept clear of</source>
        <translation>避开的先前块</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Not proved best</source>
        <translation>未证明最优</translation>
    </message>
    <message>
        <source>Tried</source>
        <translation>已尝试</translation>
    </message>
    <message>
        <source>{0:,} layouts in {1}</source>
        <translation>{0:,} 个布局，用时 {1}</translation>
    </message>
    <message>
        <source>{0:.0f} ms</source>
        <translation>{0:.0f} ms</translation>
    </message>
    <message>
        <source>{0:.1f} %</source>
        <translation>{0:.1f} %</translation>
    </message>
    <message>
        <source>{0:.2f} s</source>
        <translation>{0:.2f} s</translation>
    </message>
    <message>
        <source>{0} blocks have fewer bias rows than wanted</source>
        <translation>{0} 个块的偏置行少于期望</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
    <message>
        <source>{0} of {1} used</source>
        <translation>已用 {0}/{1}</translation>
    </message>
    <message>
        <source>{0} of {1} used, at least {2} needed</source>
        <translation>已用 {0}/{1}，至少需要 {2}</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Array</source>
        <translation>阵列</translation>
    </message>
    <message>
        <source>Cells used</source>
        <translation>已用单元</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Every deploy adds a line: date, accuracy, array use, noise, time.</source>
        <translation>每次部署增加一行：日期、准确率、阵列占用、噪声、用时。</translation>
    </message>
    <message>
        <source>Mean accuracy of the noise study&apos;s chips</source>
        <translation>噪声研究中各芯片的平均准确率</translation>
    </message>
    <message>
        <source>No results yet</source>
        <translation>尚无结果</translation>
    </message>
    <message>
        <source>Results of earlier deploys</source>
        <translation>先前部署的结果</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What the target printed</source>
        <translation>目标的输出</translation>
    </message>
    <message>
        <source>With noise</source>
        <translation>含噪声</translation>
    </message>
    <message>
        <source>float model {0:.1f} %</source>
        <translation>浮点模型 {0:.1f} %</translation>
    </message>
    <message>
        <source>{0:.1f} s</source>
        <translation>{0:.1f} s</translation>
    </message>
</context>
<context>
    <name>SampleList</name>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
</context>
<context>
    <name>SampleModel</name>
    <message>
        <source>Sample {0}: label {1}, answer {2}</source>
        <translation>样本 {0}：标签 {1}，结果 {2}</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Save changes?</source>
        <translation>保存更改？</translation>
    </message>
    <message>
        <source>{0} files have changes that are not saved.</source>
        <translation>{0} 个文件有未保存的更改。</translation>
    </message>
    <message>
        <source>{0} has changes that are not saved.</source>
        <translation>{0} 有未保存的更改。</translation>
    </message>
</context>
<context>
    <name>SavedRow</name>
    <message>
        <source>Close this line</source>
        <translation>关闭此行</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
</context>
<context>
    <name>SendBar</name>
    <message>
        <source>1 byte: {0}</source>
        <translation>1 字节：{0}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Connect to a board to send to it.</source>
        <translation>连接开发板后即可发送。</translation>
    </message>
    <message>
        <source>Enter sends, Ctrl+Enter sends and keeps the text. Up and Down: what was sent before and begins like what is typed.</source>
        <translation>Enter 发送，Ctrl+Enter 发送并保留文本。上下方向键：选择以当前输入开头的历史内容。</translation>
    </message>
    <message>
        <source>Forget what was not sent yet</source>
        <translation>放弃尚未发送的内容</translation>
    </message>
    <message>
        <source>Forget what was typed</source>
        <translation>清除输入历史</translation>
    </message>
    <message>
        <source>Macros…</source>
        <translation>宏…</translation>
    </message>
    <message>
        <source>More to send</source>
        <translation>更多发送方式</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send a file</source>
        <translation>发送文件</translation>
    </message>
    <message>
        <source>Send a file, macros</source>
        <translation>发送文件、宏</translation>
    </message>
    <message>
        <source>Send file…</source>
        <translation>发送文件…</translation>
    </message>
    <message>
        <source>Send the line (Enter)</source>
        <translation>发送此行 (Enter)</translation>
    </message>
    <message>
        <source>Text to send</source>
        <translation>要发送的文本</translation>
    </message>
    <message>
        <source>Waits for the board. What you type stays.</source>
        <translation>正在等待开发板。已输入的内容会保留。</translation>
    </message>
    <message>
        <source>{0} bytes: {1}</source>
        <translation>{0} 字节：{1}</translation>
    </message>
    <message>
        <source>{0} of {1}: {2}</source>
        <translation>{0} / {1}：{2}</translation>
    </message>
    <message>
        <source>{0} wait: the board does not take them.</source>
        <translation>{0} 在等待：开发板没有接收。</translation>
    </message>
</context>
<context>
    <name>SendChoices</name>
    <message>
        <source>Bytes such as CC 0D 0A, without a line ending</source>
        <translation>字节，例如 CC 0D 0A，不加行尾</translation>
    </message>
    <message>
        <source>Escapes</source>
        <translation>转义</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>十六进制</translation>
    </message>
    <message>
        <source>How the text is meant</source>
        <translation>文本的含义</translation>
    </message>
    <message>
        <source>Line ending</source>
        <translation>行尾</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Sent as typed</source>
        <translation>按输入原样发送</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>What is sent after the line: \n, \r, both, or nothing</source>
        <translation>行后发送的内容：\n、\r、两者，或不发送</translation>
    </message>
    <message>
        <source>With \n \r \t \0 \e \\ and \x1B for bytes</source>
        <translation>可用 \n \r \t \0 \e \\，并以 \x1B 形式表示字节</translation>
    </message>
</context>
<context>
    <name>Sender</name>
    <message>
        <source>Connect to a board, then send.</source>
        <translation>请先连接开发板，再发送。</translation>
    </message>
    <message>
        <source>no port is open</source>
        <translation>没有打开的串口</translation>
    </message>
    <message>
        <source>{0} was sent.</source>
        <translation>{0} 已发送。</translation>
    </message>
</context>
<context>
    <name>SessionFiles</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancelled: nothing was saved.</source>
        <translation>已取消：未保存任何内容。</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>打开录制</translation>
    </message>
    <message>
        <source>Recordings ({0})</source>
        <translation>录制 ({0})</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Saved {0}</source>
        <translation>已保存 {0}</translation>
    </message>
    <message>
        <source>Web pages (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>正在写入报告</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>&amp;Reset to defaults</source>
        <translation>恢复默认值(&amp;R)</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>没有包含这些词的设置。</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>Setup</name>
    <message>
        <source>Analog noise of this chip: {0}</source>
        <translation>此芯片的器件噪声模型：{0}</translation>
    </message>
    <message>
        <source>Change how firmware is built and run</source>
        <translation>更改固件的构建和运行方式</translation>
    </message>
</context>
<context>
    <name>SharePage</name>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the invitation, to send it to the classroom</source>
        <translation>复制邀请，以便发给课堂</translation>
    </message>
    <message>
        <source>Everybody on the local network who has the invitation can look, and the connection is not encrypted. The system may ask whether its firewall should let the program through.</source>
        <translation>本地网络中持有邀请的人都可以查看，且连接未加密。系统可能会询问防火墙是否允许本程序通过。</translation>
    </message>
    <message>
        <source>Invitation</source>
        <translation>邀请</translation>
    </message>
    <message>
        <source>Local network</source>
        <translation>本地网络</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name of this station</source>
        <translation>本工位的名称</translation>
    </message>
    <message>
        <source>Others see the name, model, target, state, accuracy and the newest values. They cannot change anything.</source>
        <translation>他人可看到名称、模型、目标、状态、准确率和最新数值，但不能做任何更改。</translation>
    </message>
    <message>
        <source>Others with the invitation can look; off again when the program ends</source>
        <translation>持有邀请的人可以查看；程序结束时自动关闭</translation>
    </message>
    <message>
        <source>Share this studio, read-only</source>
        <translation>共享本 CIM Studio（只读）</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>The invitation was copied</source>
        <translation>邀请已复制</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>仅本机</translation>
    </message>
    <message>
        <source>This computer&apos;s addresses; take the one the others can reach</source>
        <translation>本机的地址；请选择他人能访问的地址</translation>
    </message>
    <message>
        <source>What this station is called in the classroom</source>
        <translation>本工位在课堂中的名称</translation>
    </message>
    <message>
        <source>Who can look</source>
        <translation>谁可以查看</translation>
    </message>
    <message>
        <source>Who can look, if they have the invitation</source>
        <translation>持有邀请时，谁可以查看</translation>
    </message>
    <message>
        <source>Whoever has this text can look. The token in it is new each time.</source>
        <translation>持有此文本的人都可以查看。其中的令牌每次都不同。</translation>
    </message>
</context>
<context>
    <name>SharingState</name>
    <message>
        <source>Emulator</source>
        <translation>仿真器</translation>
    </message>
</context>
<context>
    <name>Signals</name>
    <message>
        <source>Audio</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>Audio, features and outputs that come in packets are drawn here.</source>
        <translation>以数据包传来的音频、特征和输出绘制在这里。</translation>
    </message>
    <message>
        <source>Blackman</source>
        <translation>Blackman 窗</translation>
    </message>
    <message>
        <source>Filter bank</source>
        <translation>滤波器组</translation>
    </message>
    <message>
        <source>Hamming</source>
        <translation>Hamming 窗</translation>
    </message>
    <message>
        <source>Hann</source>
        <translation>Hann 窗</translation>
    </message>
    <message>
        <source>Hz</source>
        <translation>Hz</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Logged values</source>
        <translation>日志数值</translation>
    </message>
    <message>
        <source>Newest packet</source>
        <translation>最新的数据包</translation>
    </message>
    <message>
        <source>No signals yet</source>
        <translation>尚无信号</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Packets</source>
        <translation>数据包</translation>
    </message>
    <message>
        <source>Packets over time</source>
        <translation>数据包随时间的变化</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形窗</translation>
    </message>
    <message>
        <source>Seconds shown</source>
        <translation>显示的秒数</translation>
    </message>
    <message>
        <source>Spectrogram</source>
        <translation>频谱图</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>频谱</translation>
    </message>
    <message>
        <source>Waveform</source>
        <translation>波形</translation>
    </message>
    <message>
        <source>What is drawn</source>
        <translation>绘制的内容</translation>
    </message>
    <message>
        <source>Window of the spectrum</source>
        <translation>频谱的窗函数</translation>
    </message>
    <message>
        <source>dBFS</source>
        <translation>dBFS</translation>
    </message>
    <message>
        <source>packets ago</source>
        <translation>距最新的数据包数</translation>
    </message>
    <message>
        <source>place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>place {0}: {1:g}</source>
        <translation>位置 {0}：{1:g}</translation>
    </message>
    <message>
        <source>seconds of signal</source>
        <translation>信号时间（s）</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>无声</translation>
    </message>
    <message>
        <source>value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>{0:.0f} Hz: {1:.1f} dBFS</source>
        <translation>{0:.0f} Hz：{1:.1f} dBFS</translation>
    </message>
    <message>
        <source>{0:.2f} s, {1}</source>
        <translation>{0:.2f} s，{1}</translation>
    </message>
    <message>
        <source>{0:.4f} s: {1:g}</source>
        <translation>{0:.4f} s：{1:g}</translation>
    </message>
    <message>
        <source>{0:g} kHz</source>
        <translation>{0:g} kHz</translation>
    </message>
    <message>
        <source>{0:g} s</source>
        <translation>{0:g} s</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0} ({1})</translation>
    </message>
    <message>
        <source>{0} packets ago, place {1}: {2:g}</source>
        <translation>{0} 个数据包之前，位置 {1}：{2:g}</translation>
    </message>
    <message>
        <source>{0} packets from the board</source>
        <translation>来自开发板的数据包 {0} 个</translation>
    </message>
    <message>
        <source>{0} packets to the board</source>
        <translation>发往开发板的数据包 {0} 个</translation>
    </message>
    <message>
        <source>{0} values of {1}</source>
        <translation>{0} 个 {1} 值</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Build the firmware</source>
        <translation>构建固件</translation>
    </message>
    <message>
        <source>Building the firmware</source>
        <translation>正在构建固件</translation>
    </message>
    <message>
        <source>Check layers</source>
        <translation>逐层检查</translation>
    </message>
    <message>
        <source>Checking layers</source>
        <translation>正在逐层检查</translation>
    </message>
    <message>
        <source>Compare layers</source>
        <translation>对比各层</translation>
    </message>
    <message>
        <source>Comparing layers</source>
        <translation>正在对比各层</translation>
    </message>
    <message>
        <source>Draw a picture</source>
        <translation>绘制图片</translation>
    </message>
    <message>
        <source>Drawing a picture</source>
        <translation>正在绘制图片</translation>
    </message>
    <message>
        <source>Estimate time and energy</source>
        <translation>估算用时和能耗</translation>
    </message>
    <message>
        <source>Estimating time and energy</source>
        <translation>正在估算用时和能耗</translation>
    </message>
    <message>
        <source>Maker&apos;s mapper</source>
        <translation>厂商映射器</translation>
    </message>
    <message>
        <source>Noise study</source>
        <translation>噪声研究</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>Place on the array</source>
        <translation>放置到阵列</translation>
    </message>
    <message>
        <source>Placing on the array</source>
        <translation>正在放置到阵列</translation>
    </message>
    <message>
        <source>Quantize</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Quantizing</source>
        <translation>正在量化</translation>
    </message>
    <message>
        <source>Read the model</source>
        <translation>读取模型</translation>
    </message>
    <message>
        <source>Reading the model</source>
        <translation>正在读取模型</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Simulate</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>Simulating</source>
        <translation>正在模拟</translation>
    </message>
    <message>
        <source>Studying noisy chips</source>
        <translation>正在研究含噪芯片</translation>
    </message>
    <message>
        <source>Working with the maker&apos;s mapper</source>
        <translation>正在使用厂商映射器</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>cached</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>{0:.2f} s</source>
        <translation>{0:.2f} s</translation>
    </message>
</context>
<context>
    <name>StationBoard</name>
    <message>
        <source>Name; empty: as it calls itself</source>
        <translation>名称；留空则用其自己的名称</translation>
    </message>
    <message>
        <source>No stations yet</source>
        <translation>尚无工位</translation>
    </message>
    <message>
        <source>Paste the invitations of other studios above. They are on the page Share of each.</source>
        <translation>请将其他 CIM Studio 的邀请粘贴到上方。邀请在各自的“共享”页上。</translation>
    </message>
    <message>
        <source>Rename the station</source>
        <translation>重命名工位</translation>
    </message>
</context>
<context>
    <name>StationCard</name>
    <message>
        <source>Asking…</source>
        <translation>正在查询…</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>Deploying</source>
        <translation>正在部署</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>No answer of a CIM Studio</source>
        <translation>应答的不是 CIM Studio</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Wrong token</source>
        <translation>令牌错误</translation>
    </message>
    <message>
        <source>{0} min ago</source>
        <translation>{0} 分钟前</translation>
    </message>
    <message>
        <source>{0} s ago</source>
        <translation>{0} 秒前</translation>
    </message>
    <message>
        <source>{0} samples</source>
        <translation>{0} 个样本</translation>
    </message>
</context>
<context>
    <name>StationPage</name>
    <message>
        <source>Add these stations</source>
        <translation>添加这些工位</translation>
    </message>
    <message>
        <source>As added</source>
        <translation>按添加顺序</translation>
    </message>
    <message>
        <source>By accuracy</source>
        <translation>按准确率</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>Classroom</source>
        <translation>课堂</translation>
    </message>
    <message>
        <source>Invitations of stations</source>
        <translation>工位的邀请</translation>
    </message>
    <message>
        <source>One or several invitations. They are kept on this computer, with their tokens, until you remove the stations.</source>
        <translation>一个或多个邀请。在移除工位之前，邀请及其令牌会保存在本机上。</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Paste invitations, cim://…</source>
        <translation>粘贴邀请，cim://…</translation>
    </message>
    <message>
        <source>The order of the stations. By accuracy: by what it is at least, 95 times of 100, so that few samples do not win.</source>
        <translation>工位的顺序。按准确率：按 100 次中有 95 次至少达到的值排序，以免样本少的工位占先。</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Accuracy of the last run</source>
        <translation>上次运行的准确率</translation>
    </message>
    <message>
        <source>Accuracy {0:.1f} %</source>
        <translation>准确率 {0:.1f} %</translation>
    </message>
    <message>
        <source>Array {0:.1f} %</source>
        <translation>阵列 {0:.1f} %</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Cells of the array that hold weights</source>
        <translation>存有权重的阵列单元</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>Connected to the emulator</source>
        <translation>已连接仿真器</translation>
    </message>
    <message>
        <source>Connected to {0} at {1} baud</source>
        <translation>已连接 {0}，{1} 波特</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Emulator</source>
        <translation>仿真器</translation>
    </message>
    <message>
        <source>Errors: {0}. Click to see them.</source>
        <translation>错误：{0}。单击查看。</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>How fast the board&apos;s serial text comes</source>
        <translation>开发板串口文本的传输速率</translation>
    </message>
    <message>
        <source>{0} is lost; waiting for it to come back</source>
        <translation>{0} 已断开，等待恢复</translation>
    </message>
    <message>
        <source>Notes: {0}. Click to see them.</source>
        <translation>提示：{0}。单击查看。</translation>
    </message>
    <message>
        <source>Open a model to begin</source>
        <translation>打开模型以开始</translation>
    </message>
    <message>
        <source>Opening {0} at {1} baud</source>
        <translation>正在打开 {0}，{1} 波特</translation>
    </message>
    <message>
        <source>Others on the local network can look at this studio. Click to change that.</source>
        <translation>局域网中的其他人可以查看此 CIM Studio。点击可更改。</translation>
    </message>
    <message>
        <source>Others on this computer can look at this studio. Click to change that.</source>
        <translation>本机上的其他程序可以查看此 CIM Studio。点击可更改。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Ready to deploy</source>
        <translation>可以部署</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>The firmware&apos;s baud rate; the emulator needs none</source>
        <translation>固件的波特率；仿真器不需要</translation>
    </message>
    <message>
        <source>{0} baud</source>
        <translation>{0} 波特</translation>
    </message>
    <message>
        <source>Warnings: {0}. Click to see them.</source>
        <translation>警告：{0}。单击查看。</translation>
    </message>
</context>
<context>
    <name>TargetBox</name>
    <message>
        <source>A board behind a network address, or a port that is not listed</source>
        <translation>网络地址上的开发板，或未列出的串口</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Emulator</source>
        <translation>仿真器</translation>
    </message>
    <message>
        <source>No serial port found</source>
        <translation>未找到串口</translation>
    </message>
    <message>
        <source>Other address</source>
        <translation>其他地址</translation>
    </message>
    <message>
        <source>Other address…</source>
        <translation>其他地址…</translation>
    </message>
    <message>
        <source>Runs the firmware that is built on an emulated board</source>
        <translation>在仿真的开发板上运行已构建的固件</translation>
    </message>
    <message>
        <source>Serial number {0}</source>
        <translation>序列号 {0}</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>USB device {0}</source>
        <translation>USB 设备 {0}</translation>
    </message>
    <message>
        <source>Where the firmware runs: the emulator, or a board at a port</source>
        <translation>固件运行的位置：仿真器，或串口上的开发板</translation>
    </message>
    <message>
        <source>socket://HOST:PORT for a board behind a network, rfc2217://HOST:PORT where it takes settings too,
a port such as COM10 or /dev/ttyS0, or loop:// to hear what is sent.</source>
        <translation>socket://HOST:PORT 用于网络上的开发板，若对方也接受串口设置则用 rfc2217://HOST:PORT，
也可填 COM10 或 /dev/ttyS0 等串口，或用 loop:// 收回所发送的内容。</translation>
    </message>
    <message>
        <source>{0} – not found</source>
        <translation>{0} – 未找到</translation>
    </message>
</context>
<context>
    <name>TaskRunner</name>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>Open or drop an .onnx file.</source>
        <translation>请打开或拖入 .onnx 文件。</translation>
    </message>
    <message>
        <source>Something else is running.</source>
        <translation>有其他任务正在运行。</translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation>还没有模型。</translation>
    </message>
    <message>
        <source>Wait until it is done, or cancel it, then try again.</source>
        <translation>请等待其完成或取消，然后重试。</translation>
    </message>
</context>
<context>
    <name>Template</name>
    <message>
        <source>Classification</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Denoise</source>
        <translation>降噪</translation>
    </message>
    <message>
        <source>Labels and accuracy, digits network</source>
        <translation>有标签和准确率，手写数字网络</translation>
    </message>
    <message>
        <source>Signed features, made-up network</source>
        <translation>有符号特征，示意网络</translation>
    </message>
    <message>
        <source>Without labels, made-up network</source>
        <translation>无标签，示意网络</translation>
    </message>
    <message>
        <source>Wake word</source>
        <translation>唤醒词</translation>
    </message>
</context>
<context>
    <name>Tensors</name>
    <message>
        <source>(input)</source>
        <translation>（输入）</translation>
    </message>
    <message>
        <source>(output)</source>
        <translation>（输出）</translation>
    </message>
    <message>
        <source>After this layer the bytes are free for others.</source>
        <translation>此层之后，这些字节可供其他张量使用。</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Bytes a sample that the layer writing it copies between data memory and the NPU&apos;s, because not everything fits there at once.</source>
        <translation>写出它的层在处理每个样本时，因 NPU 内存一次放不下而在数据存储器与 NPU 内存之间传送的字节数。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>From byte</source>
        <translation>起始字节</translation>
    </message>
    <message>
        <source>From this layer on the bytes are its own.</source>
        <translation>从此层起，这些字节归它所有。</translation>
    </message>
    <message>
        <source>Last read by</source>
        <translation>最后读取</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>NPU</source>
        <translation>NPU</translation>
    </message>
    <message>
        <source>Streamed</source>
        <translation>分块传送</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Where it begins, from the start of the memory.</source>
        <translation>从该内存开头算起的起始位置。</translation>
    </message>
    <message>
        <source>Where the tensors lie</source>
        <translation>张量的位置</translation>
    </message>
    <message>
        <source>Written by</source>
        <translation>写出者</translation>
    </message>
    <message>
        <source>{0}; in the same bytes: {1}</source>
        <translation>{0}；共用相同字节：{1}</translation>
    </message>
</context>
<context>
    <name>Terminal</name>
    <message>
        <source>Deploy runs the firmware, or connect to a board; its text appears here, live.</source>
        <translation>部署会运行固件，也可连接开发板；其文本实时显示在这里。</translation>
    </message>
    <message>
        <source>The board is silent</source>
        <translation>开发板没有输出</translation>
    </message>
</context>
<context>
    <name>TerminalBar</name>
    <message>
        <source>1 line</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>Clear text and values</source>
        <translation>清除文本和数值</translation>
    </message>
    <message>
        <source>Find (Ctrl+F)</source>
        <translation>查找 (Ctrl+F)</translation>
    </message>
    <message>
        <source>No times</source>
        <translation>不显示时间戳</translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation>暂停 (Space)</translation>
    </message>
    <message>
        <source>Seconds since the line before</source>
        <translation>距上一行的秒数</translation>
    </message>
    <message>
        <source>Seconds since the start</source>
        <translation>距开始的秒数</translation>
    </message>
    <message>
        <source>Show bytes as hexadecimal numbers</source>
        <translation>以十六进制显示字节</translation>
    </message>
    <message>
        <source>Show only lines that match</source>
        <translation>只显示匹配的行</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Time of each line</source>
        <translation>每行的时间戳</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>时间戳</translation>
    </message>
    <message>
        <source>{0} came too fast to be shown; the recording has them.</source>
        <translation>{0} 到达过快，未能显示；录制中有这些数据。</translation>
    </message>
    <message>
        <source>{0} errors</source>
        <translation>{0} 个错误</translation>
    </message>
    <message>
        <source>{0} framing errors</source>
        <translation>{0} 个帧错误</translation>
    </message>
    <message>
        <source>{0} lines</source>
        <translation>{0} 行</translation>
    </message>
    <message>
        <source>{0} not shown</source>
        <translation>未显示 {0}</translation>
    </message>
    <message>
        <source>{0} overruns</source>
        <translation>{0} 个溢出错误</translation>
    </message>
    <message>
        <source>{0} parity errors</source>
        <translation>{0} 个校验错误</translation>
    </message>
    <message>
        <source>{0} sent</source>
        <translation>已发送 {0}</translation>
    </message>
    <message>
        <source>{0} unreadable packets or lines</source>
        <translation>{0} 个无法解析的数据包或行</translation>
    </message>
</context>
<context>
    <name>TerminalMenu</name>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Normal size</source>
        <translation>正常字号(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Save text…</source>
        <translation>保存文本(&amp;S)…</translation>
    </message>
    <message>
        <source>Copy lines as &amp;hex</source>
        <translation>以十六进制复制行(&amp;H)</translation>
    </message>
    <message>
        <source>Save text</source>
        <translation>保存文本</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>Text ({0})</source>
        <translation>文本 ({0})</translation>
    </message>
    <message>
        <source>The text is saved in {0}.</source>
        <translation>文本已保存到 {0}。</translation>
    </message>
    <message>
        <source>{0} copied.</source>
        <translation>已复制 {0}。</translation>
    </message>
</context>
<context>
    <name>TerminalPage</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>No match</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>Paused. {0} lines came since.</source>
        <translation>已暂停。此后收到 {0} 行。</translation>
    </message>
    <message>
        <source>Show only lines with…</source>
        <translation>只显示包含以下内容的行…</translation>
    </message>
</context>
<context>
    <name>TerminalSearch</name>
    <message>
        <source>No match</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
</context>
<context>
    <name>TerminalView</name>
    <message>
        <source>Older text is not kept here; it is in the recording.</source>
        <translation>更早的文本不在此保留，可在录制中查看。</translation>
    </message>
    <message>
        <source>Show the newest text, and follow it (End)</source>
        <translation>显示并跟随最新的文本 (End)</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>转到末尾</translation>
    </message>
    <message>
        <source>What the board says</source>
        <translation>开发板的输出</translation>
    </message>
</context>
<context>
    <name>TextFile</name>
    <message>
        <source>It may have been moved or deleted, or you may not read it.</source>
        <translation>它可能已被移动或删除，或您没有读取权限。</translation>
    </message>
    <message>
        <source>Open one of the files in it.</source>
        <translation>请打开其中的文件。</translation>
    </message>
    <message>
        <source>Save it as UTF-8 with another program first.</source>
        <translation>请先用其他程序将其保存为 UTF-8。</translation>
    </message>
    <message>
        <source>The editor opens text in UTF-8, UTF-16 or GB 18030 (Chinese).</source>
        <translation>编辑器可打开 UTF-8、UTF-16 或 GB 18030（中文）文本。</translation>
    </message>
    <message>
        <source>This file cannot be read: {0}.</source>
        <translation>无法读取此文件：{0}。</translation>
    </message>
    <message>
        <source>This file is too large for its encoding, UTF-16.</source>
        <translation>此文件采用 UTF-16 编码，过大而无法打开。</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>这是文件夹。</translation>
    </message>
    <message>
        <source>This is not a text file.</source>
        <translation>这不是文本文件。</translation>
    </message>
</context>
<context>
    <name>TileBoard</name>
    <message>
        <source>Nothing to show yet</source>
        <translation>尚无可显示的内容</translation>
    </message>
    <message>
        <source>The accuracy and the values a board sends appear here by themselves.</source>
        <translation>准确率和开发板发来的数值会自动显示在这里。</translation>
    </message>
</context>
<context>
    <name>TileDialog</name>
    <message>
        <source>A lamp needs a number from which it is good, or bad.</source>
        <translation>指示灯需要一个判为正常或异常的界限。</translation>
    </message>
    <message>
        <source>A name that came, or will come</source>
        <translation>已收到或将收到的名称</translation>
    </message>
    <message>
        <source>Accuracy of the samples</source>
        <translation>样本的准确率</translation>
    </message>
    <message>
        <source>Add a tile</source>
        <translation>添加卡片</translation>
    </message>
    <message>
        <source>Bad from</source>
        <translation>异常界限</translation>
    </message>
    <message>
        <source>Choose a value.</source>
        <translation>请选择一个数值。</translation>
    </message>
    <message>
        <source>Edit the tile</source>
        <translation>编辑卡片</translation>
    </message>
    <message>
        <source>Gauge</source>
        <translation>仪表</translation>
    </message>
    <message>
        <source>Good at {0} and above, bad at {1} and below.</source>
        <translation>≥ {0} 为正常，≤ {1} 为异常。</translation>
    </message>
    <message>
        <source>Good at {0} and above, bad below.</source>
        <translation>≥ {0} 为正常，低于则为异常。</translation>
    </message>
    <message>
        <source>Good at {0} and below, bad at {1} and above.</source>
        <translation>≤ {0} 为正常，≥ {1} 为异常。</translation>
    </message>
    <message>
        <source>Good from</source>
        <translation>正常界限</translation>
    </message>
    <message>
        <source>Good or bad</source>
        <translation>正常/异常指示灯</translation>
    </message>
    <message>
        <source>It is told once the whole 95 % interval is on one side.</source>
        <translation>整个 95 % 置信区间都在一侧时才给出判定。</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Old after, in s</source>
        <translation>过期时间（s）</translation>
    </message>
    <message>
        <source>Seconds without a new value</source>
        <translation>没有新值的秒数</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Wanted accuracy in percent</source>
        <translation>要求的准确率（%）</translation>
    </message>
    <message>
        <source>Wanted, in %</source>
        <translation>要求（%）</translation>
    </message>
    <message>
        <source>Without limits it is neither good nor bad.</source>
        <translation>没有界限时不判定正常或异常。</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
</context>
<context>
    <name>TileModel</name>
    <message>
        <source>Change the dashboard</source>
        <translation>更改仪表板</translation>
    </message>
</context>
<context>
    <name>TileView</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Bad</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>Below {0}</source>
        <translation>低于 {0}</translation>
    </message>
    <message>
        <source>Double-click to edit, drag to move</source>
        <translation>双击编辑，拖动移动</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>In between</source>
        <translation>介于两者之间</translation>
    </message>
    <message>
        <source>No samples yet</source>
        <translation>尚无样本</translation>
    </message>
    <message>
        <source>No value yet</source>
        <translation>尚无数值</translation>
    </message>
    <message>
        <source>Not sure yet whether {0} is reached</source>
        <translation>尚不确定是否达到 {0}</translation>
    </message>
    <message>
        <source>Nothing new for {0} min</source>
        <translation>已 {0} min 没有新值</translation>
    </message>
    <message>
        <source>Nothing new for {0} s</source>
        <translation>已 {0} s 没有新值</translation>
    </message>
    <message>
        <source>Reached {0}</source>
        <translation>已达到 {0}</translation>
    </message>
    <message>
        <source>Same as the simulation</source>
        <translation>与模拟一致</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>{0} of {1} · 95 % interval {2} to {3} %</source>
        <translation>{0}/{1} · 95 % 置信区间 {2} 至 {3} %</translation>
    </message>
</context>
<context>
    <name>TitleBar</name>
    <message>
        <source>Close {0}</source>
        <translation>关闭 {0}</translation>
    </message>
    <message>
        <source>Close; the View menu opens it again</source>
        <translation>关闭；可在“视图”菜单中重新打开</translation>
    </message>
    <message>
        <source>Make a window of it</source>
        <translation>变为独立窗口</translation>
    </message>
    <message>
        <source>Put back into the window</source>
        <translation>放回窗口</translation>
    </message>
</context>
<context>
    <name>Toolbar</name>
    <message>
        <source>Main</source>
        <translation>主工具栏</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
</context>
<context>
    <name>Unit</name>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>GB</source>
        <translation>GB</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>个样本</translation>
    </message>
</context>
<context>
    <name>ValueChips</name>
    <message>
        <source>More that was recognized</source>
        <translation>更多已识别的内容</translation>
    </message>
    <message>
        <source>Own patterns…</source>
        <translation>自定义模式…</translation>
    </message>
    <message>
        <source>Packets whose checksum is wrong, and sample lines that cannot be read. They are left out. Check the baud rate and the wiring.</source>
        <translation>校验和错误的数据包，以及无法解析的样本行。它们已被忽略。请检查波特率和接线。</translation>
    </message>
    <message>
        <source>Series: {0}</source>
        <translation>系列：{0}</translation>
    </message>
    <message>
        <source>Such as {0}</source>
        <translation>例如 {0}</translation>
    </message>
    <message>
        <source>There are so many series already that no room is left for these names. Clear, or have the board print fewer names.</source>
        <translation>系列过多，已容不下这些名称。请清除，或让开发板少打印一些名称。</translation>
    </message>
    <message>
        <source>Values and packets are recognized by themselves.</source>
        <translation>数值和数据包会自动识别。</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>损坏</translation>
    </message>
    <message>
        <source>names left out</source>
        <translation>被忽略的名称</translation>
    </message>
    <message>
        <source>{0} so far</source>
        <translation>至今 {0} 个</translation>
    </message>
</context>
<context>
    <name>ValueExplanation</name>
    <message>
        <source>Own patterns…</source>
        <translation>自定义模式…</translation>
    </message>
</context>
<context>
    <name>ValueKinds</name>
    <message>
        <source>A line for Teleplot: name, value, perhaps a unit.</source>
        <translation>Teleplot 格式的行：名称、数值，可带单位。</translation>
    </message>
    <message>
        <source>A line of text in a packet.</source>
        <translation>数据包中的一行文本。</translation>
    </message>
    <message>
        <source>A line that names the columns of the lines below.</source>
        <translation>为下方各行的列命名的行。</translation>
    </message>
    <message>
        <source>A name, a colon and a number: a series each.</source>
        <translation>名称、冒号和数字：各成一个系列。</translation>
    </message>
    <message>
        <source>A time: a name, a number and ns, us or ms.</source>
        <translation>用时：名称、数字和 ns、us 或 ms。</translation>
    </message>
    <message>
        <source>An output of the network, as the demos print it.</source>
        <translation>网络的一个输出，按演示程序打印的形式。</translation>
    </message>
    <message>
        <source>CSV header</source>
        <translation>CSV 表头</translation>
    </message>
    <message>
        <source>Features, a byte each.</source>
        <translation>特征，每个一字节。</translation>
    </message>
    <message>
        <source>Filter bank features, a byte each.</source>
        <translation>滤波器组特征，每个一字节。</translation>
    </message>
    <message>
        <source>Lines that begin like a sample&apos;s and cannot be read: not counted.</source>
        <translation>开头像样本行但无法解析的行：不计入。</translation>
    </message>
    <message>
        <source>Lines that your own pattern reads.</source>
        <translation>由您的自定义模式解析的行。</translation>
    </message>
    <message>
        <source>Lines too long to hold values: shown as text.</source>
        <translation>过长而不会含有数值的行：作为文本显示。</translation>
    </message>
    <message>
        <source>Lines with bytes that are no text: is it the right baud rate, or a binary form?</source>
        <translation>含有非文本字节的行：波特率正确吗？或者是二进制格式？</translation>
    </message>
    <message>
        <source>Lines without a value that is recognized.</source>
        <translation>没有可识别数值的行。</translation>
    </message>
    <message>
        <source>NAME: 123 us</source>
        <translation>名称: 123 us</translation>
    </message>
    <message>
        <source>Names and numbers in braces, an object a line.</source>
        <translation>花括号中的名称和数字，每行一个对象。</translation>
    </message>
    <message>
        <source>Names and numbers with an equals sign between.</source>
        <translation>以等号相连的名称和数字。</translation>
    </message>
    <message>
        <source>Numbers alone: one is called value, several in a line column 1, column 2, …</source>
        <translation>只有数字：单个称为 value，一行多个称为 column 1、column 2、…</translation>
    </message>
    <message>
        <source>Numbers with a decimal point.</source>
        <translation>带小数点的数字。</translation>
    </message>
    <message>
        <source>Numbers with commas, semicolons or tabs between. A line of names above them names the columns.</source>
        <translation>以逗号、分号或制表符分隔的数字。上方的名称行为各列命名。</translation>
    </message>
    <message>
        <source>One layer&apos;s inputs.</source>
        <translation>某一层的输入。</translation>
    </message>
    <message>
        <source>One layer&apos;s outputs.</source>
        <translation>某一层的输出。</translation>
    </message>
    <message>
        <source>One sample&apos;s label and result: these make the accuracy.</source>
        <translation>一个样本的标签和结果：据此得出准确率。</translation>
    </message>
    <message>
        <source>Packets that were sent to the board.</source>
        <translation>发送到开发板的数据包。</translation>
    </message>
    <message>
        <source>Packets with a right checksum.</source>
        <translation>校验和正确的数据包。</translation>
    </message>
    <message>
        <source>Several names with their numbers in one line.</source>
        <translation>一行中有多个名称及其数字。</translation>
    </message>
    <message>
        <source>Sound, 16 bits a value.</source>
        <translation>声音，每个值 16 位。</translation>
    </message>
    <message>
        <source>The accuracy, as the maker&apos;s demos print it.</source>
        <translation>准确率，按厂商演示程序打印的形式。</translation>
    </message>
    <message>
        <source>The byte CD: the board waits for packets.</source>
        <translation>字节 CD：开发板在等待数据包。</translation>
    </message>
    <message>
        <source>The end of the conversation.</source>
        <translation>通信结束。</translation>
    </message>
    <message>
        <source>The firmware began: samples count from here on.</source>
        <translation>固件已启动：样本从此处开始计数。</translation>
    </message>
    <message>
        <source>The firmware has done its last sample.</source>
        <translation>固件已完成最后一个样本。</translation>
    </message>
    <message>
        <source>The firmware says that something went wrong.</source>
        <translation>固件报告出错。</translation>
    </message>
    <message>
        <source>The network&apos;s outputs, a byte each.</source>
        <translation>网络的输出，每个一字节。</translation>
    </message>
    <message>
        <source>The number of the image, as the demos print it.</source>
        <translation>图像编号，按演示程序打印的形式。</translation>
    </message>
    <message>
        <source>The time of a layer, with its cycles.</source>
        <translation>一层的用时及其周期数。</translation>
    </message>
    <message>
        <source>damaged samples</source>
        <translation>损坏的样本</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>layer times</source>
        <translation>各层用时</translation>
    </message>
    <message>
        <source>long lines</source>
        <translation>过长的行</translation>
    </message>
    <message>
        <source>name: value</source>
        <translation>名称: 数值</translation>
    </message>
    <message>
        <source>name:value,name2:value2</source>
        <translation>名称:数值,名称2:数值2</translation>
    </message>
    <message>
        <source>name=value</source>
        <translation>名称=数值</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>乱码</translation>
    </message>
    <message>
        <source>numbers</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>packet {0}</source>
        <translation>数据包 {0}</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>sent {0}</source>
        <translation>已发送 {0}</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Digits example</source>
        <translation>手写数字示例</translation>
    </message>
    <message>
        <source>Drop an ONNX model here</source>
        <translation>将 ONNX 模型拖到这里</translation>
    </message>
    <message>
        <source>From an ONNX model to a compute-in-memory chip.</source>
        <translation>从 ONNX 模型到存算一体芯片。</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>打开工程</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>打开工程…</translation>
    </message>
    <message>
        <source>Or start with</source>
        <translation>或从这里开始</translation>
    </message>
    <message>
        <source>with its data, if you have some: a .npz file or a folder of pictures</source>
        <translation>有数据可一起拖入：.npz 文件或图片文件夹</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>A trained network with its data</source>
        <translation>训练好的网络及其数据</translation>
    </message>
    <message>
        <source>Samples: {0}. Now the model.</source>
        <translation>样本：{0}。接下来打开模型。</translation>
    </message>
</context>
<context>
    <name>_Keys</name>
    <message>
        <source>+{0} more</source>
        <translation>还有 {0} 个</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message>
        <source>reserved</source>
        <translation>保留</translation>
    </message>
</context>
<context>
    <name>_Programs</name>
    <message>
        <source>Look again</source>
        <translation>重新查找</translation>
    </message>
</context>
</TS>
