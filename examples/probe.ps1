# A probe in 20 lines: asks for a page and tells Vinga. Each minute from the Task Scheduler:
#   powershell -File probe.ps1 -Target https://app.example.org/ -Probe web -Vinga https://vinga.example.org
param(
    [Parameter(Mandatory)][string]$Target,
    [Parameter(Mandatory)][string]$Probe,
    [Parameter(Mandatory)][string]$Vinga,
    [string]$TokenFile = "$env:ProgramData\Vinga\token" # readable for the task's account alone
)
$sample = @{ probe = $Probe; state = 'ok'; at = [DateTime]::UtcNow.ToString('s') + 'Z' }
$clock = [Diagnostics.Stopwatch]::StartNew()
try {
    $sample.text = 'HTTP ' + (Invoke-WebRequest -Uri $Target -UseBasicParsing -TimeoutSec 10).StatusCode
} catch {
    $sample.state, $sample.text = 'critical', $_.Exception.Message
}
$sample.latency_ms = $clock.ElapsedMilliseconds
$token = (Get-Content -Path $TokenFile -TotalCount 1).Trim()
$body = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -Compress $sample))
Invoke-RestMethod -Method Post -Uri "$Vinga/api/v1/samples" -TimeoutSec 10 -Body $body `
    -ContentType 'application/json' -Headers @{ Authorization = "Bearer $token" }
