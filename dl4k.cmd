@echo off
rem DL4K's launcher for Windows: builds when needed, then runs the application. Same environment variables as the script "dl4k".
rem Written without a Windows machine at hand: the build is covered by CI, this file is not.
setlocal EnableExtensions DisableDelayedExpansion
set "DL4K_HOME=%~dp0"
set "DL4K_JAVA="
if defined JAVA_HOME set "DL4K_JAVA=%JAVA_HOME%\bin\java.exe"
if not defined DL4K_JAVA for %%J in (java.exe) do set "DL4K_JAVA=%%~$PATH:J"
if not defined DL4K_JAVA (
  echo dl4k: no Java found. Install a JDK, 17 or newer, or set JAVA_HOME to one. 1>&2
  exit /b 1
)
if not exist "%DL4K_JAVA%" (
  echo dl4k: there is no "%DL4K_JAVA%". Set JAVA_HOME to a JDK, 17 or newer. 1>&2
  exit /b 1
)
set "DL4K_MODULE=kaggle"
set DL4K_ARGS=%*
if not "%~1"=="bench" goto prepare
set "DL4K_MODULE=benchmarks"
set DL4K_ARGS=%DL4K_ARGS:*bench=%
:prepare
rem The part of this file below the last marker is PowerShell: version, staleness, lock, build, and the file of JVM arguments (a class
rem path is longer than a batch variable may be).
set "DL4K_SELF=%~f0"
powershell -NoProfile -Command "& ([scriptblock]::Create(((Get-Content -Raw -LiteralPath $env:DL4K_SELF) -split ':::PowerShell')[-1]))"
if errorlevel 1 exit /b 1
rem As in "dl4k": spinning threads are poison on a busy machine.
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined OPENBLAS_THREAD_TIMEOUT set "OPENBLAS_THREAD_TIMEOUT=4"
"%DL4K_JAVA%" -XX:MaxRAMPercentage=50 %DL4K_JAVA_OPTS% "@%DL4K_HOME%%DL4K_MODULE%\target\dl4k.args" %DL4K_ARGS%
exit /b %ERRORLEVEL%

:::PowerShell
$root = $env:DL4K_HOME.TrimEnd('\')
$module = $env:DL4K_MODULE
$target = Join-Path $root "$module\target"
$stamp = Join-Path $target 'dl4k.stamp'
$classpath = Join-Path $target 'dl4k.classpath'
$arguments = Join-Path $target 'dl4k.args'
function Fail($message) { [Console]::Error.WriteLine("dl4k: $message"); exit 1 }

$first = (& $env:DL4K_JAVA --version | Select-Object -First 1)
if ($LASTEXITCODE -ne 0 -or $first -notmatch '(\d+)' -or [int]$Matches[1] -lt 17) {
  Fail "'$($env:DL4K_JAVA)' is not Java 17 or newer. Set JAVA_HOME to a JDK, 17 or newer."
}

function Test-Stale {
  foreach ($file in $stamp, $classpath, $arguments) { if (-not (Test-Path -LiteralPath $file)) { return $true } }
  $since = (Get-Item -LiteralPath $stamp).LastWriteTimeUtc
  $places = @('pom.xml', 'dl4j-models\pom.xml', 'dl4j-models\src\main', 'kaggle\pom.xml', 'kaggle\src\main')
  if ($module -ne 'kaggle') { $places += "$module\pom.xml", "$module\src\main" }
  foreach ($place in $places) {
    $path = Join-Path $root $place
    if (-not (Test-Path -LiteralPath $path)) { continue }
    $items = @(Get-Item -LiteralPath $path) + @(Get-ChildItem -LiteralPath $path -Recurse)
    if ($items | Where-Object { $_.LastWriteTimeUtc -gt $since } | Select-Object -First 1) { return $true }
  }
  return $false
}

if (-not (Test-Stale)) { exit 0 }
# Held open while building; the system closes it with the process, so it cannot go stale.
$lock = $null
while ($null -eq $lock) {
  try { $lock = [IO.File]::Open((Join-Path $root '.dl4k.lock.win'), 'OpenOrCreate', 'ReadWrite', 'None') } catch [IO.IOException] { Start-Sleep -Milliseconds 500 }
}
if (-not (Test-Stale)) { exit 0 }
if (-not (Get-Command mvn -ErrorAction SilentlyContinue)) { Fail 'the project is not built and Maven was not found. Install Maven 3.8 or newer.' }
[Console]::Error.WriteLine('dl4k: building (the first time Maven fetches the libraries, some 400 MB)')
New-Item -ItemType Directory -Force -Path $target | Out-Null
$started = Get-Date
Set-Location -LiteralPath $root
$options = @("$env:DL4K_MVN_OPTS" -split ' +' | Where-Object { $_ })
# The libraries that DL4K is measured against.
$peers = @(if ($module -ne 'kaggle') { '-Ppeers' })
$log = & mvn -B -q -Dmaven.test.skip=true @peers @options -pl $module -am package 2>&1
if ($LASTEXITCODE -ne 0) { $log | ForEach-Object { [Console]::Error.WriteLine("$_") }; Fail 'the build failed, see above.' }
$jar = Get-ChildItem -LiteralPath $target -Filter $(if ($module -eq 'kaggle') { 'kaggle-*.jar' } else { 'benchmarks.jar' }) | Sort-Object LastWriteTimeUtc | Select-Object -Last 1
$main = if ($module -eq 'kaggle') { 'io.dl4k.kaggle.cli.Main' } else { 'io.dl4k.benchmarks.Main' }
$path = ($jar.FullName + ';' + (Get-Content -Raw -LiteralPath $classpath).Trim()).Replace('\', '\\')
[IO.File]::WriteAllText($arguments, "-cp `"$path`"`r`n$main`r`n")
Set-Content -LiteralPath $stamp -Value ''
(Get-Item -LiteralPath $stamp).LastWriteTime = $started
exit 0
